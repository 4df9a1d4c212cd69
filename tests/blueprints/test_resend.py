"""POST resend-otp."""

from datetime import datetime, timedelta

from tests.blueprints.answers import cookies_set, invalid, refused, shown
from tests.blueprints.fixtures import WITHOUT_STORES
from tests.blueprints.forms import data_of
from tests.blueprints.harness import Client, Service, sign_up_body, some_email
from tests.blueprints.kinds import HYBRID, STATEFUL
from tests.blueprints.mailbox import code_in

BLUEPRINTS = (HYBRID, STATEFUL)
WITHOUT_SESSIONS = True

COOLDOWN = timedelta(seconds=61)


async def started(service: Service, email: str) -> Client:
    client = service.client()
    shown(await client.post("/signup", json=sign_up_body(email)), 202)
    return client


async def test_within_the_cooldown_no_second_code_is_sent(service: Service) -> None:
    client = await started(service, some_email())
    answer = await client.post("/resend-otp")
    refused(answer, 429, "resend_too_soon")
    assert 0 < int(answer.headers["retry-after"]) <= 60


async def test_after_the_cooldown_a_new_code_replaces_the_old_one(
    service: Service,
) -> None:
    email = some_email()
    client = await started(service, email)
    old = code_in(await service.mail_to(email))
    await service.clock.advance(COOLDOWN)
    data = shown(await client.post("/resend-otp"), 202)
    assert data.keys() == {"flowId", "expiresAt", "resendAt"}
    new = code_in(await service.mail_to(email))
    if old != new:
        body = {"email": email, "otpCode": old}
        refused(await client.post("/verify-user", json=body), 400, "code_invalid")
    body = {"email": email, "otpCode": new}
    shown(await client.post("/verify-user", json=body), 201)


async def test_the_flow_stays_the_same_and_lives_longer(service: Service) -> None:
    client = service.client()
    first = await client.post("/signup", json=sign_up_body(some_email()))
    await service.clock.advance(COOLDOWN)
    again = await client.post("/resend-otp")
    before, after = data_of(first), shown(again, 202)
    assert before["flowId"] == after["flowId"]
    assert cookies_set(again)["flow"].value == before["flowId"]
    prolonged = datetime.fromisoformat(after["expiresAt"]) - datetime.fromisoformat(
        before["expiresAt"]
    )
    assert prolonged >= timedelta(seconds=60)


async def test_the_flow_may_be_named_in_the_body(service: Service) -> None:
    email = some_email()
    first = await service.client().post("/signup", json=sign_up_body(email))
    await service.clock.advance(COOLDOWN)
    body = {"flowId": data_of(first)["flowId"]}
    shown(await service.client().post("/resend-otp", json=body), 202)


async def test_after_a_second_code_the_cooldown_starts_again(service: Service) -> None:
    client = await started(service, some_email())
    await service.clock.advance(COOLDOWN)
    shown(await client.post("/resend-otp"), 202)
    refused(await client.post("/resend-otp"), 429, "resend_too_soon")


async def test_a_new_code_has_tries_of_its_own(service: Service) -> None:
    email = some_email()
    client = await started(service, email)
    code = code_in(await service.mail_to(email))
    for number in range(1, 6):
        body = {"email": email, "otpCode": f"{(int(code) + number) % 10**6:06}"}
        await client.post("/verify-user", json=body)
    await service.clock.advance(COOLDOWN)
    shown(await client.post("/resend-otp"), 202)
    body = {"email": email, "otpCode": code_in(await service.mail_to(email))}
    shown(await client.post("/verify-user", json=body), 201)


async def test_a_resend_for_a_taken_address_looks_the_same(service: Service) -> None:
    taken = await service.user()
    known, unknown = (
        await started(service, taken.email),
        await started(service, some_email()),
    )
    await service.clock.advance(COOLDOWN)
    first, second = await known.post("/resend-otp"), await unknown.post("/resend-otp")
    assert shown(first, 202).keys() == shown(second, 202).keys()
    assert first.headers.keys() == second.headers.keys()
    assert await service.mails_to(taken.email, "verify") == []


async def test_a_reset_can_be_resent_by_the_same_route(service: Service) -> None:
    user, client = await service.user(), service.client()
    await client.post("/forgot-password", json={"email": user.email})
    await service.mail_to(user.email, "reset")
    await service.clock.advance(COOLDOWN)
    shown(await client.post("/resend-otp"), 202)
    body = {
        "email": user.email,
        "otpCode": code_in(await service.mail_to(user.email, "reset")),
    }
    shown(await client.post("/verify-reset-otp", json=body))


async def test_a_reset_of_an_unknown_address_can_be_resent_as_well(
    service: Service,
) -> None:
    email, client = some_email(), service.client()
    await client.post("/forgot-password", json={"email": email})
    await service.clock.advance(COOLDOWN)
    shown(await client.post("/resend-otp"), 202)
    assert await service.mails_to(email) == []


@WITHOUT_STORES
async def test_without_a_flow_nothing_is_resent(service: Service) -> None:
    refused(await service.client().post("/resend-otp"), 400, "code_invalid")


async def test_a_verified_flow_cannot_be_resent(service: Service) -> None:
    email = some_email()
    first = await service.client().post("/signup", json=sign_up_body(email))
    flow = data_of(first)["flowId"]
    code = code_in(await service.mail_to(email))
    body = {"email": email, "otpCode": code, "flowId": flow}
    await service.client().post("/verify-user", json=body)
    await service.clock.advance(COOLDOWN)
    answer = await service.client().post("/resend-otp", json={"flowId": flow})
    assert answer.status_code in {400, 429}
    assert await service.mails_to(email) == []


@WITHOUT_STORES
async def test_a_resend_takes_no_other_members(service: Service) -> None:
    client = await started(service, some_email())
    answer = await client.post("/resend-otp", json={"email": "x@mail.example"})
    invalid(answer, "email")

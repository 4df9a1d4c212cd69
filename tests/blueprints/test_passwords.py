"""POST forgot-password, verify-reset-otp, reset-password and change-password."""

import asyncio
from datetime import datetime, timedelta

import pytest

from keywright.features.users.types import Status
from tests.blueprints.answers import cookies_set, invalid, is_cleared, refused, shown
from tests.blueprints.fixtures import WITHOUT_STORES, about
from tests.blueprints.forms import data_of, without_data
from tests.blueprints.harness import (
    NEW_PASSWORD,
    PASSWORD,
    Client,
    Service,
    some_email,
)
from tests.blueprints.keepers import open_sessions
from tests.blueprints.kinds import HYBRID, STATEFUL, STATELESS
from tests.blueprints.mailbox import code_in

BLUEPRINTS = (HYBRID, STATEFUL)
SIGNED_IN = (HYBRID, STATEFUL, STATELESS)


async def asked(service: Service, email: str) -> tuple[Client, str]:
    client = service.client()
    shown(await client.post("/forgot-password", json={"email": email}), 202)
    return client, code_in(await service.mail_to(email, "reset"))


async def reset_token(service: Service, email: str) -> str:
    client, code = await asked(service, email)
    body = {"email": email, "otpCode": code}
    return str(shown(await client.post("/verify-reset-otp", json=body))["resetToken"])


async def reset(service: Service, token: str, password: str = NEW_PASSWORD) -> None:
    body = {"resetToken": token, "newPassword": password}
    assert shown(await service.client().post("/reset-password", json=body)) is None


async def signs_in(service: Service, email: str, password: str) -> bool:
    body = {"email": email, "password": password}
    answer = await service.client().post("/signin", json=body)
    return answer.status_code == 200


async def change(client: Client, old: str = PASSWORD, new: str = NEW_PASSWORD) -> None:
    body = {"oldPassword": old, "newPassword": new}
    shown(await client.post("/change-password", json=body))


async def test_a_known_and_an_unknown_address_are_answered_alike(
    service: Service,
) -> None:
    user = await service.user()
    known = await service.client().post("/forgot-password", json={"email": user.email})
    unknown = await service.client().post(
        "/forgot-password", json={"email": some_email()}
    )
    members = {"flowId", "expiresAt", "resendAt"}
    assert shown(known, 202).keys() == shown(unknown, 202).keys() == members
    assert without_data(known) == without_data(unknown)
    assert known.headers.keys() == unknown.headers.keys()
    assert cookies_set(known).keys() == cookies_set(unknown).keys() == {"flow"}


async def test_an_unknown_address_is_mailed_nothing(service: Service) -> None:
    email = some_email()
    await service.client().post("/forgot-password", json={"email": email})
    assert await service.mails_to(email) == []


@pytest.mark.parametrize("status", [Status.BANNED, Status.DEACTIVATED])
async def test_a_closed_account_is_mailed_nothing_and_answered_alike(
    service: Service, status: Status
) -> None:
    user = await service.user(status=status)
    answer = await service.client().post("/forgot-password", json={"email": user.email})
    shown(answer, 202)
    assert await service.mails_to(user.email) == []


async def test_the_code_becomes_a_token_of_ten_minutes(service: Service) -> None:
    user = await service.user()
    client, code = await asked(service, user.email)
    body = {"email": user.email, "otpCode": code}
    before = service.now()
    answer = await client.post("/verify-reset-otp", json=body)
    data = shown(answer)
    assert data.keys() == {"resetToken", "expiresAt"}
    lifetime = datetime.fromisoformat(data["expiresAt"]) - before
    assert timedelta(minutes=10) <= lifetime < timedelta(minutes=10, seconds=30)
    assert is_cleared(cookies_set(answer)["flow"])


async def test_the_flow_of_a_reset_may_be_named_in_the_body(service: Service) -> None:
    user = await service.user()
    started = await service.client().post(
        "/forgot-password", json={"email": user.email}
    )
    body = {
        "email": user.email,
        "otpCode": code_in(await service.mail_to(user.email)),
        "flowId": data_of(started)["flowId"],
    }
    shown(await service.client().post("/verify-reset-otp", json=body))


async def test_only_the_new_password_signs_in_after_a_reset(service: Service) -> None:
    user = await service.user()
    await reset(service, await reset_token(service, user.email))
    assert not await signs_in(service, user.email, PASSWORD)
    assert await signs_in(service, user.email, NEW_PASSWORD)


async def test_a_reset_signs_nobody_in(service: Service) -> None:
    user = await service.user()
    token = await reset_token(service, user.email)
    client = service.client()
    body = {"resetToken": token, "newPassword": NEW_PASSWORD}
    await client.post("/reset-password", json=body)
    refused(await client.get("/profile"), 401, "not_signed_in")


async def test_a_reset_ends_every_session(service: Service) -> None:
    one = await service.signed_in()
    two = await service.signed_in(user=one.user)
    await reset(service, await reset_token(service, one.user.email))
    for client in (one, two):
        await service.require_ended(client)


async def test_a_reset_token_works_once(service: Service) -> None:
    user = await service.user()
    token = await reset_token(service, user.email)
    await reset(service, token)
    body = {"resetToken": token, "newPassword": PASSWORD}
    answer = await service.client().post("/reset-password", json=body)
    refused(answer, 400, "token_invalid")
    assert await signs_in(service, user.email, NEW_PASSWORD)


async def test_of_two_parallel_resets_one_wins(service: Service) -> None:
    user = await service.user()
    token = await reset_token(service, user.email)
    passwords = ("first harbour 3 lantern", "second harbour 3 lantern")
    answers = await asyncio.gather(
        *(
            service.client().post(
                "/reset-password", json={"resetToken": token, "newPassword": password}
            )
            for password in passwords
        )
    )
    assert [one.status_code for one in answers].count(200) == 1
    works = [await signs_in(service, user.email, password) for password in passwords]
    assert works == [answer.status_code == 200 for answer in answers]


async def test_a_reset_token_dies_after_ten_minutes(service: Service) -> None:
    user = await service.user()
    token = await reset_token(service, user.email)
    await service.clock.advance(timedelta(minutes=10, seconds=1))
    body = {"resetToken": token, "newPassword": NEW_PASSWORD}
    answer = await service.client().post("/reset-password", json=body)
    refused(answer, 400, "token_invalid")


async def test_a_reset_token_dies_with_a_change_of_the_password(
    service: Service,
) -> None:
    client = await service.signed_in()
    token = await reset_token(service, client.user.email)
    await change(client)
    body = {"resetToken": token, "newPassword": "third harbour 3 lantern"}
    answer = await service.client().post("/reset-password", json=body)
    refused(answer, 400, "token_invalid")


async def test_a_newer_reset_token_replaces_the_older(service: Service) -> None:
    user = await service.user()
    older = await reset_token(service, user.email)
    newer = await reset_token(service, user.email)
    body = {"resetToken": older, "newPassword": NEW_PASSWORD}
    answer = await service.client().post("/reset-password", json=body)
    refused(answer, 400, "token_invalid")
    await reset(service, newer)


async def test_a_bad_password_does_not_use_up_the_reset_token(service: Service) -> None:
    user = await service.user()
    token = await reset_token(service, user.email)
    body = {"resetToken": token, "newPassword": "password123"}
    answer = await service.client().post("/reset-password", json=body)
    errors = refused(answer, 422, "password_refused")["errors"]
    assert errors.keys() == {"newPassword"}
    await reset(service, token)


async def test_a_reset_clears_the_lock(service: Service) -> None:
    user = await service.user()
    for _ in range(11):
        await signs_in(service, user.email, "wrong harbour 3 lantern")
    assert not await signs_in(service, user.email, PASSWORD)
    await reset(service, await reset_token(service, user.email))
    assert await signs_in(service, user.email, NEW_PASSWORD)


async def test_the_owner_is_mailed_about_a_reset(service: Service) -> None:
    user = await service.user()
    await reset(service, await reset_token(service, user.email))
    assert len(await service.mails_to(user.email, "was changed")) == 1


async def test_a_reset_is_audited(service: Service) -> None:
    user = await service.user()
    await reset(service, await reset_token(service, user.email))
    assert len(await service.audited(user.id, "ResetCompleted")) == 1


@WITHOUT_STORES
async def test_a_made_up_reset_token_is_refused(service: Service) -> None:
    for token in ("x", "A" * 64, "é"):
        body = {"resetToken": token, "newPassword": NEW_PASSWORD}
        answer = await service.client().post("/reset-password", json=body)
        refused(answer, 400, "token_invalid")


async def test_a_wrong_reset_code_is_refused(service: Service) -> None:
    user = await service.user()
    client, code = await asked(service, user.email)
    body = {"email": user.email, "otpCode": f"{(int(code) + 1) % 10**6:06}"}
    answer = await client.post("/verify-reset-otp", json=body)
    refused(answer, 400, "code_invalid")


async def test_a_code_of_a_sign_up_resets_nothing(service: Service) -> None:
    user = await service.user()
    client, code = await asked(service, user.email)
    body = {"email": user.email, "otpCode": code}
    refused(await client.post("/verify-user", json=body), 400, "code_invalid")


@about(*SIGNED_IN)
@pytest.mark.asvs("V6.2.3")
async def test_a_change_of_password_needs_the_current_one(service: Service) -> None:
    client = await service.signed_in()
    body = {"oldPassword": "wrong harbour 3", "newPassword": NEW_PASSWORD}
    answer = await client.post("/change-password", json=body)
    refused(answer, 401, "wrong_password")
    assert await signs_in(service, client.user.email, PASSWORD)


@about(*SIGNED_IN)
@pytest.mark.asvs("V6.2.2")
async def test_only_the_new_password_signs_in_after_a_change(service: Service) -> None:
    client = await service.signed_in()
    await change(client)
    assert not await signs_in(service, client.user.email, PASSWORD)
    assert await signs_in(service, client.user.email, NEW_PASSWORD)


@about(*SIGNED_IN)
async def test_a_change_ends_all_other_sessions_and_renews_this_one(
    service: Service,
) -> None:
    client = await service.signed_in()
    other = await service.signed_in(user=client.user)
    before = dict(client.cookies)
    await change(client)
    shown(await client.get("/profile"))
    if service.kind.refresh is not None:
        shown(await client.post(service.kind.refresh))
    refused(await other.get("/profile"), 401, "session_ended")
    former = service.client()
    former.hold(before)
    await service.require_ended(former)
    assert len(await open_sessions(service, client.user)) == 1


@about(*SIGNED_IN)
async def test_a_bearer_client_gets_new_tokens_with_a_change(service: Service) -> None:
    client = await service.signed_in(transport="bearer")
    body = {"oldPassword": PASSWORD, "newPassword": NEW_PASSWORD}
    data = shown(await client.post("/change-password", json=body))
    assert data.keys() == {"user", "tokens"}
    client.carry(data["tokens"])
    shown(await client.get("/profile"))


@about(*SIGNED_IN)
async def test_the_owner_is_mailed_about_a_change_and_nothing_else(
    service: Service,
) -> None:
    client = await service.signed_in()
    await change(client)
    (mail,) = await service.mails_to(client.user.email)
    assert mail.subject == "Your password was changed"
    assert NEW_PASSWORD not in mail.text


@about(*SIGNED_IN)
@WITHOUT_STORES
async def test_a_bad_new_password_is_refused_before_the_old_is_checked(
    service: Service,
) -> None:
    client = await service.signed_in()
    body = {"oldPassword": PASSWORD, "newPassword": "password123"}
    answer = await client.post("/change-password", json=body)
    errors = refused(answer, 422, "password_refused")["errors"]
    assert errors.keys() == {"newPassword"}


@about(*SIGNED_IN)
@WITHOUT_STORES
async def test_a_password_is_not_changed_without_signing_in(service: Service) -> None:
    body = {"oldPassword": PASSWORD, "newPassword": NEW_PASSWORD}
    answer = await service.client().post("/change-password", json=body)
    refused(answer, 401, "not_signed_in")


@about(*SIGNED_IN)
async def test_of_two_parallel_changes_one_wins(service: Service) -> None:
    one = await service.signed_in()
    two = await service.signed_in(user=one.user)
    passwords = ("first harbour 3 lantern", "second harbour 3 lantern")
    answers = await asyncio.gather(
        *(
            client.post(
                "/change-password",
                json={"oldPassword": PASSWORD, "newPassword": password},
            )
            for client, password in zip((one, two), passwords, strict=True)
        )
    )
    assert [answer.status_code for answer in answers].count(200) == 1
    works = [
        await signs_in(service, one.user.email, password) for password in passwords
    ]
    assert works == [answer.status_code == 200 for answer in answers]


@WITHOUT_STORES
@pytest.mark.parametrize(
    ("path", "body", "member"),
    [
        ("/forgot-password", {}, "email"),
        ("/forgot-password", {"email": "a@mail.example,b@mail.example"}, "email"),
        ("/forgot-password", {"email": "a@mail.example", "to": "b"}, "to"),
        ("/verify-reset-otp", {"email": "a@mail.example"}, "otpCode"),
        ("/reset-password", {"newPassword": NEW_PASSWORD}, "resetToken"),
        ("/reset-password", {"resetToken": "x"}, "newPassword"),
    ],
)
async def test_a_body_that_is_not_acceptable_is_refused(
    service: Service, path: str, body: dict[str, str], member: str
) -> None:
    invalid(await service.client().post(path, json=body), member)

"""Nobody learns which addresses have an account (E1 to E3)."""

from collections.abc import Awaitable, Callable

import pytest
from httpx2 import Response

from keywright.features.users.types import Status, User
from tests.blueprints.fixtures import about
from tests.blueprints.harness import PASSWORD, Service, sign_up_body, some_email
from tests.blueprints.kinds import HYBRID, STATEFUL
from tests.blueprints.mailbox import code_in
from tests.security.alike import likeness
from tests.security.everywhere import everywhere
from tests.security.flows import reset, sign_up
from tests.security.surfaces import EVERY, WITH_CODES, told

BLUEPRINTS = (HYBRID, STATEFUL)
WRONG = "not the password at all"
Make = Callable[[Service], Awaitable[str]]


async def unknown(_: Service) -> str:
    return some_email()


async def known(service: Service) -> str:
    return (await service.user()).email


async def locked(service: Service) -> str:
    user = await service.user()
    for _ in range(12):
        await sign_in(service, user.email, WRONG)
    return user.email


async def pending(service: Service) -> str:
    if service.settings.blueprint not in WITH_CODES:
        return some_email()
    return (await sign_up(service)).email


async def removed(service: Service) -> str:
    user = await service.user()
    await service.stores.users.remove(user.id)
    return user.email


async def passwordless(service: Service) -> str:
    return (await service.user(password_hash=None)).email


async def unproved(service: Service) -> str:
    return (await service.user(is_email_verified=False)).email


async def closed(service: Service, status: Status) -> User:
    user = await service.user()
    await service.stores.users.set_status(
        user.id,
        status,
        epoch=user.epoch,
        purge_after=None,
        now=service.now(),
        letter=None,
    )
    return user


async def banned(service: Service) -> str:
    return (await closed(service, Status.BANNED)).email


async def deactivated(service: Service) -> str:
    return (await closed(service, Status.DEACTIVATED)).email


STATES: tuple[Make, ...] = (
    *(unknown, known, locked, pending, removed),
    *(passwordless, unproved, banned, deactivated),
)
each_state = pytest.mark.parametrize("make", STATES, ids=lambda make: make.__name__)


async def sign_in(service: Service, email: str, password: str) -> Response:
    body = {"email": email, "password": password}
    return await service.client().post(service.kind.sign_in, json=body)


@about(*EVERY)
@everywhere
@each_state
@pytest.mark.attack("E1")
@pytest.mark.asvs("V6.3.8")
async def test_a_wrong_password_is_answered_the_same_in_every_state(
    service: Service, make: Make
) -> None:
    email = await make(service)

    answer = await sign_in(service, email, WRONG)
    stranger = await sign_in(service, some_email(), WRONG)

    assert answer.status_code == 401
    assert likeness(answer) == likeness(stranger)


@about(*EVERY)
@pytest.mark.attack("E1")
@pytest.mark.parametrize(
    "make", [locked, removed, pending], ids=lambda make: make.__name__
)
async def test_the_right_password_does_not_tell_a_lock_or_an_absence(
    service: Service, make: Make
) -> None:
    email = await make(service)

    answer = await sign_in(service, email, PASSWORD)
    stranger = await sign_in(service, some_email(), PASSWORD)

    assert answer.status_code == 401
    assert likeness(answer) == likeness(stranger)


@about(*WITH_CODES)
@pytest.mark.attack("E1")
@pytest.mark.parametrize(
    ("make", "code"),
    [
        (banned, "account_banned"),
        (deactivated, "account_deactivated"),
        (unproved, "email_not_verified"),
    ],
    ids=["banned", "deactivated", "unproved"],
)
async def test_the_state_is_told_after_the_right_password_only(
    service: Service, make: Make, code: str
) -> None:
    email = await make(service)

    wrong = await sign_in(service, email, WRONG)
    right = await sign_in(service, email, PASSWORD)

    assert told(wrong) == "invalid_credentials"
    assert (right.status_code, told(right)) == (403, code)
    assert not right.cookies


@about(*WITH_CODES)
@everywhere
@each_state
@pytest.mark.attack("E2")
@pytest.mark.asvs("V6.3.8")
async def test_a_sign_up_is_answered_the_same_in_every_state(
    service: Service, make: Make
) -> None:
    email, fresh = await make(service), some_email()
    await service.clock.advance(service.accounts.otp_cooldown)

    answer = await service.client().post("/signup", json=sign_up_body(email))
    stranger = await service.client().post("/signup", json=sign_up_body(fresh))

    assert answer.status_code == 202
    assert likeness(answer) == likeness(stranger)


@about(*WITH_CODES)
@pytest.mark.attack("E2")
async def test_the_owner_is_told_of_a_sign_up_with_a_known_address(
    service: Service,
) -> None:
    user = await service.user()

    await service.client().post("/signup", json=sign_up_body(user.email))

    (mail,) = await service.mails_to(user.email)
    assert mail.subject == "You already have an account"


@pytest.mark.attack("E2")
async def test_the_flow_of_a_known_address_can_never_pass(service: Service) -> None:
    user = await service.user()
    client = service.client()
    await client.post("/signup", json=sign_up_body(user.email))
    for code in ("000000", "123456"):
        body = {"email": user.email, "otpCode": code}
        answer = await client.post("/verify-user", json=body)
        assert (answer.status_code, answer.json()["code"]) == (400, "code_invalid")


@about(*WITH_CODES)
@everywhere
@each_state
@pytest.mark.attack("E3")
@pytest.mark.asvs("V6.3.8")
async def test_a_forgotten_password_is_answered_the_same_in_every_state(
    service: Service, make: Make
) -> None:
    email = await make(service)

    answer = await service.client().post("/forgot-password", json={"email": email})
    stranger = await service.client().post(
        "/forgot-password", json={"email": some_email()}
    )

    assert answer.status_code == 202
    assert likeness(answer) == likeness(stranger)


@each_state
@pytest.mark.attack("E3")
@pytest.mark.parametrize("path", ["/forgot-password", "/signup"])
async def test_a_second_code_is_answered_the_same_in_every_state(
    service: Service, make: Make, path: str
) -> None:
    seen = []
    for email in (await make(service), some_email()):
        await service.clock.advance(service.accounts.otp_cooldown)
        client = service.client()
        start = {"email": email} if path == "/forgot-password" else sign_up_body(email)
        await client.post(path, json=start)
        early = await client.post("/resend-otp")
        await service.clock.advance(service.accounts.otp_cooldown)
        late = await client.post("/resend-otp")
        seen.append((likeness(early)[0], likeness(early)[2], likeness(late)))

    assert seen[0] == seen[1]
    assert (seen[0][0], seen[0][2][0]) == (429, 202)


@each_state
@pytest.mark.attack("E3")
async def test_a_wrong_reset_code_is_answered_the_same_in_every_state(
    service: Service, make: Make
) -> None:
    seen = []
    for email in (await make(service), some_email()):
        client = service.client()
        await client.post("/forgot-password", json={"email": email})
        body = {"email": email, "otpCode": "000000"}
        answers = [await client.post("/verify-reset-otp", json=body) for _ in range(7)]
        seen.append([likeness(answer) for answer in answers])

    assert {status for status, *_ in seen[0]} == {400}
    assert seen[0] == seen[1]


@pytest.mark.attack("E3")
async def test_a_wrong_sign_up_code_is_answered_the_same_for_a_known_address(
    service: Service,
) -> None:
    seen = []
    for email in (await known(service), some_email()):
        client = service.client()
        await client.post("/signup", json=sign_up_body(email))
        body = {"email": email, "otpCode": "000000"}
        answers = [await client.post("/verify-user", json=body) for _ in range(7)]
        seen.append([likeness(answer) for answer in answers])

    assert seen[0] == seen[1]


@pytest.mark.attack("E3")
async def test_an_account_that_is_closed_meanwhile_looks_like_a_wrong_code(
    service: Service,
) -> None:
    user = await service.user()
    flow = await reset(service, user)
    await service.stores.users.set_status(
        user.id,
        Status.BANNED,
        epoch=user.epoch,
        purge_after=None,
        now=service.now(),
        letter=None,
    )

    right = await flow.enter()
    wrong = await flow.enter(flow.wrong(0))

    assert likeness(right) == likeness(wrong)


@pytest.mark.attack("E2")
async def test_of_two_sign_ups_with_one_address_the_second_code_fails_like_any(
    service: Service,
) -> None:
    first = await sign_up(service)
    second_client = service.client()
    body = sign_up_body(first.email)
    answer = await second_client.post("/signup", json=body)
    code = code_in(await service.mail_to(first.email, "verify"))
    assert await first.passes()

    late = await second_client.post(
        "/verify-user", json={"email": first.email, "otpCode": code}
    )

    assert answer.status_code == 202
    assert (late.status_code, late.json()["code"]) == (400, "code_invalid")

"""Accounts that somebody prepared before their owner came (M6).

Of the five ways of "pre-hijacking" (Sudhodanan and Paverd, 2022) three need another
identity or a change of address; the two that remain are tried here.
"""

from datetime import timedelta

import pytest

from tests.blueprints.forms import data_of
from tests.blueprints.harness import PASSWORD, Service, sign_up_body, some_email
from tests.security.everywhere import everywhere
from tests.security.flows import Flow, sign_up, signs_in

TRAP = "the attacker knows this 9"


async def prepared(service: Service, email: str, password: str = TRAP) -> str:
    """Sign up with an address of somebody else; return the flow that was opened."""
    body = sign_up_body(email, password=password, confirmPassword=password)
    answer = await service.client().post("/signup", json=body)
    assert answer.status_code == 202
    assert data_of(answer).keys() == {"flowId", "expiresAt", "resendAt"}
    return str(data_of(answer)["flowId"])


async def proved(service: Service, email: str) -> Flow:
    """Sign up as the owner of *email*, who reads the mail."""
    flow = await sign_up(service, email)
    assert await flow.passes()
    return flow


@everywhere
@pytest.mark.attack("M6")
async def test_a_password_that_was_set_before_the_owner_came_is_worthless(
    service: Service,
) -> None:
    email = some_email()
    await prepared(service, email)
    await service.mail_to(email)

    await proved(service, email)

    user = await service.stores.users.by_email(email)
    assert user is not None
    assert await signs_in(service, user, PASSWORD)
    assert not await signs_in(service, user, TRAP)


@pytest.mark.attack("M6")
async def test_no_session_is_there_before_the_owner_proved_the_address(
    service: Service,
) -> None:
    email = some_email()
    client = service.client()
    body = sign_up_body(email, password=TRAP, confirmPassword=TRAP)
    await client.post("/signup", json=body)

    assert set(client.cookies) == {"flow"}
    assert (await client.get("/profile")).status_code == 401
    assert (await client.post("/refresh-token")).status_code == 401


@pytest.mark.attack("M6")
async def test_a_flow_that_was_opened_first_cannot_be_passed_with_the_owners_code(
    service: Service,
) -> None:
    email = some_email()
    flow_id = await prepared(service, email)
    await service.mail_to(email)
    mine = await sign_up(service, email)
    stranger = service.client()

    answer = await mine.enter(client=stranger, flowId=flow_id)

    assert answer.status_code == 400
    assert await mine.passes()


@everywhere
@pytest.mark.attack("M6")
async def test_after_the_owner_came_an_older_sign_up_replaces_nothing(
    service: Service,
) -> None:
    email = some_email()
    attackers = await sign_up(service, email)
    await proved(service, email)

    assert not await attackers.passes()
    user = await service.stores.users.by_email(email)
    assert user is not None
    assert await signs_in(service, user, PASSWORD)


@pytest.mark.attack("M6")
async def test_a_reset_that_was_opened_before_the_account_is_worthless(
    service: Service,
) -> None:
    email = some_email()
    early = service.client()
    opened = await early.post("/forgot-password", json={"email": email})
    flow_id = data_of(opened)["flowId"]
    await proved(service, email)
    user = await service.stores.users.by_email(email)
    assert user is not None
    await service.clock.advance(timedelta(seconds=61))

    again = await early.post("/resend-otp", json={"flowId": flow_id})
    assert again.status_code == 202
    assert await service.mails_to(email, "reset your password") == []


@pytest.mark.attack("M6")
@pytest.mark.attack("M3")
async def test_what_a_former_user_left_is_nothing_to_the_next_one(
    service: Service,
) -> None:
    former = await service.signed_in()
    email = former.user.email
    device = former.cookies["device"]
    await service.stores.users.remove(former.user.id)
    await proved(service, email)
    user = await service.stores.users.by_email(email)
    assert user is not None
    for _ in range(11):
        await signs_in(service, user, TRAP)

    known = service.client(cookie=f"device={device}")
    body = {"email": email, "password": PASSWORD}
    assert (await known.post("/signin", json=body)).status_code == 401

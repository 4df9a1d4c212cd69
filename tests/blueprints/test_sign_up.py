"""POST signup, verify-user and resend-otp."""

from datetime import datetime, timedelta

import pytest

from tests.blueprints.answers import (
    cookies_set,
    is_cleared,
    is_uuid7,
    refused,
    shown,
)
from tests.blueprints.fixtures import WITHOUT_STORES, ServiceWith, on
from tests.blueprints.forms import data_of, without_data
from tests.blueprints.harness import NAME, PASSWORD, Service, sign_up_body, some_email
from tests.blueprints.kinds import HYBRID, STATEFUL
from tests.blueprints.mailbox import code_in

BLUEPRINTS = (HYBRID, STATEFUL)
WITHOUT_SESSIONS = True

WRONG = "000000"


async def test_a_sign_up_is_answered_with_its_flow(service: Service) -> None:
    before = service.now()
    answer = await service.client().post("/signup", json=sign_up_body(some_email()))
    data = shown(answer, 202)
    assert data.keys() == {"flowId", "expiresAt", "resendAt"}
    lifetime = datetime.fromisoformat(data["expiresAt"]) - before
    assert timedelta(minutes=10) <= lifetime < timedelta(minutes=10, seconds=30)
    cooldown = datetime.fromisoformat(data["resendAt"]) - before
    assert timedelta(seconds=60) <= cooldown < timedelta(seconds=90)


@WITHOUT_STORES
async def test_instants_are_rfc_3339_in_utc(service: Service) -> None:
    answer = await service.client().post("/signup", json=sign_up_body(some_email()))
    for member in ("expiresAt", "resendAt"):
        assert data_of(answer)[member].endswith("Z")


@WITHOUT_STORES
async def test_the_flow_cookie_holds_the_flow_id_and_nothing_else_is_set(
    service: Service,
) -> None:
    answer = await service.client().post("/signup", json=sign_up_body(some_email()))
    cookies = cookies_set(answer)
    assert cookies.keys() == {"flow"}
    assert cookies["flow"].value == data_of(answer)["flowId"]
    assert cookies["flow"]["httponly"]
    assert cookies["flow"]["samesite"] == "lax"
    assert cookies["flow"]["path"] == "/"
    assert not cookies["flow"]["domain"]
    assert not cookies["flow"]["secure"]


async def test_nobody_is_a_user_before_the_code_was_shown(service: Service) -> None:
    email = some_email()
    await service.client().post("/signup", json=sign_up_body(email))
    assert await service.stores.users.by_email(email) is None


async def test_the_code_makes_the_user_by_the_flow_cookie(service: Service) -> None:
    client, email = service.client(), some_email()
    await client.post("/signup", json=sign_up_body(email))
    code = code_in(await service.mail_to(email, "verify"))
    answer = await client.post("/verify-user", json={"email": email, "otpCode": code})
    user = shown(answer, 201)["user"]
    assert user.keys() == {
        "id",
        "name",
        "email",
        "role",
        "avatar",
        "isEmailVerified",
        "providers",
        "lastLoginAt",
        "createdAt",
        "updatedAt",
    }
    assert is_uuid7(user["id"])
    assert (user["name"], user["email"], user["role"]) == (NAME, email, "user")
    assert user["isEmailVerified"] is True
    assert user["lastLoginAt"] is None


async def test_the_code_makes_the_user_by_a_flow_id_in_the_body(
    service: Service,
) -> None:
    email = some_email()
    started = await service.client().post("/signup", json=sign_up_body(email))
    body = {
        "email": email,
        "otpCode": code_in(await service.mail_to(email)),
        "flowId": data_of(started)["flowId"],
    }
    shown(await service.client().post("/verify-user", json=body), 201)


async def test_a_flow_id_in_the_body_wins_over_the_cookie(service: Service) -> None:
    client, email = service.client(), some_email()
    started = await client.post("/signup", json=sign_up_body(email))
    code = code_in(await service.mail_to(email))
    await client.post("/signup", json=sign_up_body(some_email()))
    body = {
        "email": email,
        "otpCode": code,
        "flowId": data_of(started)["flowId"],
    }
    shown(await client.post("/verify-user", json=body), 201)


async def test_whoever_is_verified_is_not_signed_in(service: Service) -> None:
    client = service.client()
    user = await service.sign_up(client=client)
    assert not client.cookies
    refused(await client.get("/profile"), 401, "not_signed_in")
    body = {"email": user["email"], "password": PASSWORD}
    shown(await client.post("/signin", json=body))


@WITHOUT_STORES
async def test_the_flow_cookie_is_cleared_by_the_code(service: Service) -> None:
    client, email = service.client(), some_email()
    await client.post("/signup", json=sign_up_body(email))
    code = code_in(await service.mail_to(email))
    answer = await client.post("/verify-user", json={"email": email, "otpCode": code})
    assert is_cleared(cookies_set(answer)["flow"])


async def test_an_address_is_one_account_however_it_is_spelled(
    service: Service,
) -> None:
    email = some_email()
    client = service.client()
    await client.post("/signup", json=sign_up_body(email.upper()))
    code = code_in(await service.mail_to(email))
    body = {"email": email.capitalize(), "otpCode": code}
    answer = await client.post("/verify-user", json=body)
    assert shown(answer, 201)["user"]["email"] == email


async def test_a_taken_address_gets_the_same_answer(service: Service) -> None:
    taken = await service.user()
    new = await service.client().post("/signup", json=sign_up_body(some_email()))
    old = await service.client().post("/signup", json=sign_up_body(taken.email))
    varying = {"flowId", "expiresAt", "resendAt"}
    assert shown(new, 202).keys() == shown(old, 202).keys() == varying
    assert without_data(new) == without_data(old)
    assert new.headers.keys() == old.headers.keys()
    assert cookies_set(new).keys() == cookies_set(old).keys()


async def test_the_owner_of_a_taken_address_is_told_and_gets_no_code(
    service: Service,
) -> None:
    taken = await service.user()
    await service.client().post("/signup", json=sign_up_body(taken.email))
    mail = await service.mail_to(taken.email, "already")
    assert not any(part.isdigit() and len(part) == 6 for part in mail.text.split())
    assert await service.mails_to(taken.email) == []


async def test_a_sign_up_for_a_taken_address_changes_nothing(service: Service) -> None:
    taken = await service.user()
    body = sign_up_body(taken.email, name="Somebody Else")
    await service.client().post("/signup", json=body)
    assert await service.stores.users.by_id(taken.id) == taken


async def test_of_two_sign_ups_for_one_address_the_first_to_prove_it_wins(
    service: Service,
) -> None:
    email, first, second = some_email(), service.client(), service.client()
    await first.post("/signup", json=sign_up_body(email))
    code = code_in(await service.mail_to(email))
    await second.post("/signup", json=sign_up_body(email))
    other = code_in(await service.mail_to(email))
    body = {"email": email, "otpCode": code}
    shown(await first.post("/verify-user", json=body), 201)
    body = {"email": email, "otpCode": other}
    refused(await second.post("/verify-user", json=body), 400, "code_invalid")


async def test_a_wrong_code_is_refused_and_the_right_one_still_works(
    service: Service,
) -> None:
    client, email = service.client(), some_email()
    await client.post("/signup", json=sign_up_body(email))
    code = code_in(await service.mail_to(email))
    wrong = {"email": email, "otpCode": f"{(int(code) + 1) % 10**6:06}"}
    refused(await client.post("/verify-user", json=wrong), 400, "code_invalid")
    right = {"email": email, "otpCode": code}
    shown(await client.post("/verify-user", json=right), 201)


async def test_five_wrong_codes_kill_the_right_one(service: Service) -> None:
    client, email = service.client(), some_email()
    await client.post("/signup", json=sign_up_body(email))
    code = code_in(await service.mail_to(email))
    for number in range(1, 6):
        wrong = {"email": email, "otpCode": f"{(int(code) + number) % 10**6:06}"}
        refused(await client.post("/verify-user", json=wrong), 400, "code_invalid")
    body = {"email": email, "otpCode": code}
    refused(await client.post("/verify-user", json=body), 400, "code_invalid")


async def test_a_code_works_once(service: Service) -> None:
    email = some_email()
    started = await service.client().post("/signup", json=sign_up_body(email))
    body = {
        "email": email,
        "otpCode": code_in(await service.mail_to(email)),
        "flowId": data_of(started)["flowId"],
    }
    shown(await service.client().post("/verify-user", json=body), 201)
    refused(await service.client().post("/verify-user", json=body), 400, "code_invalid")


async def test_a_code_works_for_its_own_address_only(service: Service) -> None:
    client, email = service.client(), some_email()
    await client.post("/signup", json=sign_up_body(email))
    body = {"email": some_email(), "otpCode": code_in(await service.mail_to(email))}
    refused(await client.post("/verify-user", json=body), 400, "code_invalid")


@WITHOUT_STORES
async def test_without_a_flow_no_code_is_right(service: Service) -> None:
    body = {"email": some_email(), "otpCode": WRONG}
    answer = await service.client().post("/verify-user", json=body)
    refused(answer, 400, "code_invalid")


async def test_a_code_lives_ten_minutes(service: Service) -> None:
    client, email = service.client(), some_email()
    await client.post("/signup", json=sign_up_body(email))
    body = {"email": email, "otpCode": code_in(await service.mail_to(email))}
    await service.clock.advance(timedelta(minutes=10, seconds=1))
    refused(await client.post("/verify-user", json=body), 400, "code_invalid")


@WITHOUT_STORES
async def test_the_code_stands_in_no_answer(service: Service) -> None:
    client, email = service.client(), some_email()
    started = await client.post("/signup", json=sign_up_body(email))
    code = code_in(await service.mail_to(email))
    assert code not in started.text.replace(data_of(started)["flowId"], "")


@on("sqlite")
@pytest.mark.attack("C18")
async def test_once_sign_up_is_closed_none_that_began_is_completed(
    service: Service, service_with: ServiceWith
) -> None:
    email = some_email()
    client = service.client()
    flow = shown(await client.post("/signup", json=sign_up_body(email)), 202)["flowId"]
    code = code_in(await service.mail_to(email))
    closed = await service_with(sign_up="closed")

    proof = {"email": email, "otpCode": code, "flowId": flow}
    completed = await closed.client().post("/verify-user", json=proof)
    prolonged = await closed.client().post("/resend-otp", json={"flowId": flow})

    refused(completed, 403, "sign_up_closed")
    refused(prolonged, 403, "sign_up_closed")
    assert await service.stores.users.by_email(email) is None

"""POST signin."""

from datetime import datetime, timedelta

import pytest

from keywright.features.users.types import Status
from tests.blueprints.answers import cookies_set, invalid, refused, shown
from tests.blueprints.fixtures import WITHOUT_STORES, about
from tests.blueprints.harness import NEW_PASSWORD, PASSWORD, Service, some_email
from tests.blueprints.kinds import HYBRID, STATEFUL, STATELESS
from tests.blueprints.mailbox import token_in

BLUEPRINTS = (HYBRID, STATEFUL, STATELESS)


def credentials(email: str, password: str = PASSWORD) -> dict[str, str]:
    return {"email": email, "password": password}


async def test_a_sign_in_shows_the_user(service: Service) -> None:
    user = await service.user()
    answer = await service.client().post("/signin", json=credentials(user.email))
    data = shown(answer)
    assert data.keys() == {"user"}
    assert data["user"]["id"] == str(user.id)
    assert data["user"]["providers"] == ["password"]


@WITHOUT_STORES
async def test_in_cookie_mode_tokens_are_in_http_only_cookies(service: Service) -> None:
    user = await service.user()
    answer = await service.client().post("/signin", json=credentials(user.email))
    cookies = cookies_set(answer)
    assert cookies.keys() == {*service.kind.cookies, "device"}
    for cookie in cookies.values():
        assert cookie["httponly"]
        assert cookie["samesite"] == "lax"
        assert cookie["path"] == "/"
        assert not cookie["domain"]
        assert not cookie["secure"]


@WITHOUT_STORES
@about(HYBRID, STATELESS)
async def test_cookies_last_as_long_as_what_they_hold(service: Service) -> None:
    user = await service.user()
    answer = await service.client().post("/signin", json=credentials(user.email))
    cookies = cookies_set(answer)
    assert int(cookies["accessToken"]["max-age"]) == 15 * 60
    assert 0 <= 7 * 86_400 - int(cookies["refreshToken"]["max-age"]) <= 2
    assert int(cookies["device"]["max-age"]) <= 400 * 86_400


@WITHOUT_STORES
async def test_in_cookie_mode_no_credential_is_in_the_body_or_a_header(
    service: Service,
) -> None:
    user = await service.user()
    answer = await service.client().post("/signin", json=credentials(user.email))
    others = [
        value for name, value in answer.headers.multi_items() if name != "set-cookie"
    ]
    for cookie in cookies_set(answer).values():
        assert cookie.value not in answer.text
        assert cookie.value not in " ".join(others)


@pytest.mark.asvs("V7.2.2")
async def test_two_sign_ins_share_no_token(service: Service) -> None:
    user = await service.user()
    one = await service.client().post("/signin", json=credentials(user.email))
    two = await service.client().post("/signin", json=credentials(user.email))
    first, second = cookies_set(one), cookies_set(two)
    for name in (*service.kind.cookies, "device"):
        assert first[name].value != second[name].value


@WITHOUT_STORES
async def test_cookies_that_were_planted_before_are_replaced(service: Service) -> None:
    user, client = await service.user(), service.client()
    names = (*service.kind.cookies, "device")
    client.hold(dict.fromkeys(names, "planted"))
    answer = await client.post("/signin", json=credentials(user.email))
    assert all(cookie.value != "planted" for cookie in cookies_set(answer).values())
    assert cookies_set(answer).keys() >= {*service.kind.cookies, "device"}


async def test_the_last_sign_in_is_shown(service: Service) -> None:
    client, before = await service.signed_in(), service.now()
    user = shown(await client.get("/profile"))["user"]
    last = datetime.fromisoformat(user["lastLoginAt"])
    assert abs(last - before) < timedelta(seconds=30)


async def test_a_wrong_password_and_an_unknown_address_are_answered_alike(
    service: Service,
) -> None:
    user, client = await service.user(), service.client()
    wrong = await client.post("/signin", json=credentials(user.email, NEW_PASSWORD))
    unknown = await client.post("/signin", json=credentials(some_email()))
    first = refused(wrong, 401, "invalid_credentials")
    second = refused(unknown, 401, "invalid_credentials")
    assert {**first, "requestId": ""} == {**second, "requestId": ""}
    assert wrong.headers.keys() == unknown.headers.keys()


async def test_a_user_without_a_password_never_signs_in_with_one(
    service: Service,
) -> None:
    user = await service.user(password_hash=None)
    for password in (" ", "null", PASSWORD):
        body = credentials(user.email, password)
        answer = await service.client().post("/signin", json=body)
        refused(answer, 401, "invalid_credentials")


async def test_an_unverified_user_is_told_so_after_the_right_password(
    service: Service,
) -> None:
    user, client = await service.user(is_email_verified=False), service.client()
    right = await client.post("/signin", json=credentials(user.email))
    refused(right, 403, "email_not_verified")
    assert not cookies_set(right)
    wrong = await client.post("/signin", json=credentials(user.email, NEW_PASSWORD))
    refused(wrong, 401, "invalid_credentials")


async def test_a_banned_user_is_told_so_after_the_right_password(
    service: Service,
) -> None:
    user, client = await service.user(status=Status.BANNED), service.client()
    right = await client.post("/signin", json=credentials(user.email))
    refused(right, 403, "account_banned")
    assert not cookies_set(right)
    wrong = await client.post("/signin", json=credentials(user.email, NEW_PASSWORD))
    refused(wrong, 401, "invalid_credentials")


async def test_a_deactivated_user_gets_a_reactivation_token_and_nothing_else(
    service: Service,
) -> None:
    user = await service.user(
        status=Status.DEACTIVATED, purge_after=service.now() + timedelta(days=1)
    )
    right = await service.client().post("/signin", json=credentials(user.email))
    body = refused(right, 403, "account_deactivated")
    assert body["data"].keys() == {"reactivationToken"}
    assert not cookies_set(right)


async def test_after_ten_wrong_passwords_even_the_right_one_is_refused(
    service: Service,
) -> None:
    user, client = await service.user(), service.client()
    for _ in range(10):
        body = credentials(user.email, NEW_PASSWORD)
        await client.post("/signin", json=body)
    locked = await client.post("/signin", json=credentials(user.email))
    refused(locked, 401, "invalid_credentials")


async def test_the_lock_never_shuts_out_the_owners_known_device(
    service: Service,
) -> None:
    owner = await service.signed_in()
    stranger = service.client()
    for _ in range(12):
        body = credentials(owner.user.email, NEW_PASSWORD)
        await stranger.post("/signin", json=body)
    shown(await owner.post("/signin", json=credentials(owner.user.email)))


@pytest.mark.asvs("V6.3.5")
async def test_the_owner_is_told_of_the_lock_once(service: Service) -> None:
    user, client = await service.user(), service.client()
    for _ in range(13):
        body = credentials(user.email, NEW_PASSWORD)
        await client.post("/signin", json=body)
    assert len(await service.mails_to(user.email, "trying to sign in")) == 1


async def test_the_lock_ends_after_a_while(service: Service) -> None:
    user, client = await service.user(), service.client()
    for _ in range(11):
        body = credentials(user.email, NEW_PASSWORD)
        await client.post("/signin", json=body)
    await service.clock.advance(timedelta(minutes=15, seconds=1))
    shown(await client.post("/signin", json=credentials(user.email)))


async def test_the_first_sign_in_is_not_announced(service: Service) -> None:
    client = await service.signed_in()
    assert await service.mails_to(client.user.email) == []


@pytest.mark.asvs("V6.3.5")
async def test_a_sign_in_on_a_new_device_is_mailed_to_the_owner(
    service: Service,
) -> None:
    client = await service.signed_in()
    body = credentials(client.user.email)
    stranger = service.client(address="203.0.113.9")
    await stranger.post("/signin", json=body)
    mail = await service.mail_to(client.user.email, "new sign-in")
    assert "203.0.113.9" in mail.text


async def test_a_sign_in_on_a_known_device_is_not_announced(service: Service) -> None:
    client = await service.signed_in()
    await client.post("/logout")
    shown(await client.post("/signin", json=credentials(client.user.email)))
    assert await service.mails_to(client.user.email) == []


@pytest.mark.asvs("V16.3.1")
async def test_sign_ins_and_refusals_are_audited(service: Service) -> None:
    user, client = await service.user(), service.client()
    wrong = await client.post("/signin", json=credentials(user.email, NEW_PASSWORD))
    right = await client.post("/signin", json=credentials(user.email))
    (refusal,) = await service.audited(user.id, "SignInRefused")
    (success,) = await service.audited(user.id, "UserSignedIn")
    assert refusal.request_id == wrong.headers["x-request-id"]
    assert success.request_id == right.headers["x-request-id"]
    assert success.address == "127.0.0.1"


@about(HYBRID, STATEFUL)
async def test_at_most_ten_sessions_live_and_the_oldest_ends(service: Service) -> None:
    first = await service.signed_in()
    body = credentials(first.user.email)
    for _ in range(10):
        newest = service.client()
        shown(await newest.post("/signin", json=body))
    refused(await first.get("/profile"), 401, "session_ended")
    sessions = shown(await newest.get("/sessions"))["sessions"]
    assert len(sessions) == 10


@WITHOUT_STORES
@pytest.mark.parametrize(
    ("body", "member"),
    [
        ({"email": "a@mail.example"}, "password"),
        ({"password": PASSWORD}, "email"),
        ({"email": {"$gt": ""}, "password": PASSWORD}, "email"),
        ({"email": "a@mail.example", "password": {"$ne": 1}}, "password"),
        ({"email": "a@mail.example", "password": PASSWORD, "otp": "1"}, "otp"),
    ],
)
async def test_a_body_of_another_form_is_refused(
    service: Service, body: dict[str, object], member: str
) -> None:
    invalid(await service.client().post("/signin", json=body), member)


@WITHOUT_STORES
async def test_a_password_is_compared_exactly(service: Service) -> None:
    password = "Correct horse battery staple" * 3
    user = await service.user(password=password)
    near = (password[:-1], f"{password}x", password.lower(), f" {password}")
    for wrong in (*near, password[:72]):
        answer = await service.client().post(
            "/signin", json=credentials(user.email, wrong)
        )
        refused(answer, 401, "invalid_credentials")
    right = credentials(user.email, password)
    shown(await service.client().post("/signin", json=right))


@about(HYBRID, STATEFUL)
async def test_the_reactivation_token_looks_like_no_other_token(
    service: Service,
) -> None:
    client = await service.signed_in()
    body = {"password": PASSWORD, "type": "hard"}
    await client.post("/account/request-delete", json=body)
    token = token_in(await service.mail_to(client.user.email, "give up"))
    answer = await client.put("/account/reactivate", json={"reactivationToken": token})
    refused(answer, 400, "token_invalid")

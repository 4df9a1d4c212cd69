"""POST refresh-token: rotated, retried, reused."""

from datetime import timedelta

import pytest

from keywright.shared.secrets import from_text, to_text
from tests.blueprints.answers import cookies_set, invalid, refused, shown
from tests.blueprints.fixtures import WITHOUT_STORES, ServiceWith, about
from tests.blueprints.harness import PASSWORD, RETRY_WINDOW, Client, Service
from tests.blueprints.kinds import HYBRID, STATELESS

BLUEPRINTS = (HYBRID, STATELESS)

JUST_AFTER = RETRY_WINDOW + timedelta(seconds=1)
JUST_INSIDE = RETRY_WINDOW / 2


def holding(service: Service, refresh_token: str) -> Client:
    client = service.client()
    client.hold({"refreshToken": refresh_token})
    return client


def forged(token: str) -> str:
    header, body, signature = token.split(".")
    changed = "A" if signature[0] != "A" else "B"
    return f"{header}.{body}.{changed}{signature[1:]}"


async def test_a_refresh_brings_a_new_pair_in_cookies(service: Service) -> None:
    client = await service.signed_in()
    before = dict(client.cookies)
    answer = await client.post("/refresh-token")
    assert shown(answer) == {}
    cookies = cookies_set(answer)
    assert cookies.keys() == {"accessToken", "refreshToken"}
    for name, cookie in cookies.items():
        assert cookie.value != before[name]
        assert cookie["httponly"]
        assert cookie["samesite"] == "lax"
        assert cookie["path"] == "/"
    shown(await client.get("/profile"))


@about(HYBRID)
async def test_a_refresh_works_with_an_expired_access_token(service: Service) -> None:
    client = await service.signed_in()
    await service.clock.advance(timedelta(minutes=16))
    refused(await client.get("/profile"), 401, "not_signed_in")
    shown(await client.post("/refresh-token"))
    shown(await client.get("/profile"))


async def test_a_client_may_refresh_again_and_again(service: Service) -> None:
    client = await service.signed_in()
    for _ in range(4):
        await service.clock.advance(timedelta(minutes=14))
        shown(await client.post("/refresh-token"))
    user = client.user
    sessions = service.stores.sessions
    live = await sessions.of_user(user.id, epoch=user.epoch, now=service.now())
    assert len(live) == 1


async def test_a_retry_brings_an_access_token_that_works(service: Service) -> None:
    client = await service.signed_in()
    retrying = holding(service, client.cookies["refreshToken"])
    await client.post("/refresh-token")
    shown(await retrying.post("/refresh-token"))
    shown(await retrying.get("/profile"))


async def test_the_successor_of_a_retry_goes_on(service: Service) -> None:
    client = await service.signed_in()
    retrying = holding(service, client.cookies["refreshToken"])
    await client.post("/refresh-token")
    shown(await retrying.post("/refresh-token"))
    shown(await retrying.post("/refresh-token"))


@WITHOUT_STORES
@pytest.mark.parametrize(
    "token", ["x", "a.b.c", "..", "x" * 3000, "eyJhbGciOiJub25lIn0.e30."]
)
async def test_what_is_no_refresh_token_is_refused(
    service: Service, token: str
) -> None:
    answer = await holding(service, token).post("/refresh-token")
    refused(answer, 401, "refresh_invalid")


@WITHOUT_STORES
async def test_an_access_token_refreshes_nothing(service: Service) -> None:
    client = await service.signed_in()
    answer = await holding(service, client.cookies["accessToken"]).post(
        "/refresh-token"
    )
    refused(answer, 401, "refresh_invalid")


@WITHOUT_STORES
async def test_a_refresh_token_signs_nobody_in(service: Service) -> None:
    client = await service.signed_in()
    token = client.cookies["refreshToken"]
    thief = service.client(authorization=f"Bearer {token}")
    refused(await thief.get("/profile"), 401, "not_signed_in")


@WITHOUT_STORES
async def test_without_a_token_there_is_nothing_to_refresh(service: Service) -> None:
    answer = await service.client().post("/refresh-token")
    refused(answer, 401, "refresh_invalid")


@WITHOUT_STORES
async def test_in_cookie_mode_a_token_in_the_body_is_refused(service: Service) -> None:
    client = await service.signed_in()
    body = {"refreshToken": client.cookies["refreshToken"]}
    answer = await service.client().post("/refresh-token", json=body)
    refused(answer, 400, "ambiguous_request")
    shown(await client.post("/refresh-token"))


@WITHOUT_STORES
async def test_a_token_in_the_address_is_ignored(service: Service) -> None:
    client = await service.signed_in()
    token = client.cookies["refreshToken"]
    answer = await service.client().post(f"/refresh-token?refreshToken={token}")
    refused(answer, 401, "refresh_invalid")


@WITHOUT_STORES
async def test_a_refresh_takes_no_other_members(service: Service) -> None:
    client = await service.signed_in()
    answer = await client.post("/refresh-token", json={"userId": "1"})
    invalid(answer, "userId")


async def test_a_bearer_client_gets_the_new_pair_in_the_body(service: Service) -> None:
    client = await service.signed_in(transport="bearer")
    body = {"refreshToken": client.tokens["refreshToken"]}
    answer = await client.post("/refresh-token", json=body)
    tokens = shown(answer)["tokens"]
    assert tokens.keys() == {"accessToken", "refreshToken", "tokenType", "expiresIn"}
    assert "set-cookie" not in answer.headers
    assert tokens["refreshToken"] != client.tokens["refreshToken"]
    client.carry(tokens)
    shown(await client.get("/profile"))


async def test_a_bearer_client_retries_byte_for_byte(service: Service) -> None:
    client = await service.signed_in(transport="bearer")
    body = {"refreshToken": client.tokens["refreshToken"]}
    first = shown(await client.post("/refresh-token", json=body))["tokens"]
    await service.clock.advance(JUST_INSIDE)
    second = shown(await client.post("/refresh-token", json=body))["tokens"]
    assert first["refreshToken"] == second["refreshToken"]


async def test_a_lower_limit_ends_the_absolute_life_of_the_refresh_cookie(
    service_with: ServiceWith,
) -> None:
    service = await service_with(
        session_lifetime=timedelta(days=1), session_idle_lifetime=timedelta(hours=20)
    )
    client = await service.signed_in()
    await service.clock.advance(timedelta(hours=10))
    cookies = cookies_set(await client.post("/refresh-token"))
    assert int(cookies["refreshToken"]["max-age"]) <= 14 * 3600


@WITHOUT_STORES
async def test_a_changed_session_id_in_the_token_is_a_forgery(service: Service) -> None:
    client, victim = await service.signed_in(), await service.signed_in()
    header, _, signature = client.cookies["refreshToken"].split(".")
    theirs = victim.cookies["refreshToken"].split(".")[1]
    token = f"{header}.{to_text(from_text(theirs))}.{signature}"
    answer = await holding(service, token).post("/refresh-token")
    refused(answer, 401, "refresh_invalid")
    shown(await victim.post("/refresh-token"))


@WITHOUT_STORES
async def test_a_password_is_no_part_of_a_refresh(service: Service) -> None:
    client = await service.signed_in()
    answer = await client.post("/refresh-token", json={"password": PASSWORD})
    invalid(answer, "password")
    assert PASSWORD not in answer.text

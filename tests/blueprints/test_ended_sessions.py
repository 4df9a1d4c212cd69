"""GET ended-sessions: every way in which a session ends shows in the list."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import jwt
import pytest
from httpx2 import Response

from keywright.features.users.types import Status
from keywright.shared.public_names import public_name
from tests.blueprints.answers import hardened, shown
from tests.blueprints.fixtures import WITHOUT_STORES, ServiceWith, about
from tests.blueprints.harness import NEW_PASSWORD, PASSWORD, Client, Service
from tests.blueprints.keepers import holding, keeper_of, signed_in
from tests.blueprints.kinds import AUTH_SERVICE, HYBRID, STATELESS
from tests.blueprints.mailbox import code_in, token_in

ENDED = "/.well-known/ended-sessions"
HELD = timedelta(seconds=1)


async def asked(service: Service, **headers: str) -> Response:
    """Return the answer of a time at which nothing is held any more."""
    await service.clock.advance(HELD)
    return await service.client().get(service.root(ENDED), headers=headers)


def claims_of(client: Client) -> dict[str, Any]:
    token = client.tokens["accessToken"]
    claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return claims


async def is_over(service: Service, client: Client) -> bool:
    """Say whether the list ends the token that *client* had at first."""
    told, claims = (await asked(service)).json(), claims_of(client)
    epoch = told["users"].get(public_name(UUID(claims["sub"])), 0)
    is_listed = public_name(UUID(claims["sid"])) in told["sessions"]
    return is_listed or claims["epoch"] < epoch


async def sign_out(service: Service, client: Client) -> None:
    token = client.tokens["refreshToken"]
    shown(await client.send_json("POST", "/logout", refreshToken=token))


async def end_others(service: Service, client: Client) -> None:
    other = await service.signed_in(user=client.user)
    shown(await other.delete("/sessions"))


async def end_by_id(service: Service, client: Client) -> None:
    sessions = shown(await client.get("/sessions"))["sessions"]
    current = next(one["id"] for one in sessions if one["current"])
    shown(await client.delete(f"/sessions/{current}"))


async def open_too_many(service: Service, client: Client) -> None:
    for _ in range(service.settings.max_sessions):
        await service.signed_in(user=client.user)


async def show_an_old_token(service: Service, client: Client) -> None:
    old = client.tokens["refreshToken"]
    shown(await client.send_json("POST", "/refresh-token", refreshToken=old))
    await service.clock.advance(timedelta(seconds=11))
    again = await client.send_json("POST", "/refresh-token", refreshToken=old)
    assert again.json()["code"] == "refresh_reused"


async def change_password(service: Service, client: Client) -> None:
    other = await service.signed_in(user=client.user)
    body = {"oldPassword": PASSWORD, "newPassword": NEW_PASSWORD}
    shown(await other.send_json("POST", "/change-password", **body))


async def reset_password(service: Service, client: Client) -> None:
    email, browser = client.user.email, service.client()
    shown(await browser.send_json("POST", "/forgot-password", email=email), 202)
    code = code_in(await service.mail_to(email, "reset"))
    proof = {"email": email, "otpCode": code}
    proved = shown(await browser.send_json("POST", "/verify-reset-otp", **proof))
    body = {"resetToken": proved["resetToken"], "newPassword": NEW_PASSWORD}
    shown(await browser.send_json("POST", "/reset-password", **body))


async def ban(service: Service, client: Client) -> None:
    user = client.user
    await service.stores.users.set_status(
        user.id,
        Status.BANNED,
        epoch=user.epoch,
        purge_after=None,
        now=service.now(),
        letter=None,
    )


async def deactivate(service: Service, client: Client) -> None:
    await give_up(service, client, "soft")


async def delete_for_good(service: Service, client: Client) -> None:
    await give_up(service, client, "hard")


async def give_up(service: Service, client: Client, kind: str) -> None:
    body = {"password": PASSWORD, "type": kind}
    shown(await client.send_json("POST", "/account/request-delete", **body), 202)
    token = token_in(await service.mail_to(client.user.email, "give up"))
    shown(await client.send_json("DELETE", "/account/delete", token=token))


Way = Callable[[Service, Client], Awaitable[None]]
SHARED: tuple[Way, ...] = (
    *(sign_out, open_too_many, show_an_old_token, change_password, ban),
)
WAYS: tuple[Way, ...] = (
    *(end_others, end_by_id, reset_password, deactivate, delete_for_good),
)


@about(AUTH_SERVICE)
async def test_a_service_of_tokens_lists_what_its_users_ended(
    service: Service,
) -> None:
    client = await signed_in(service)
    claims = jwt.decode(
        client.cookies["access_token"], options={"verify_signature": False}
    )
    name = public_name(UUID(claims["sid"]))
    assert name not in (await asked(service)).json()["sessions"]

    await holding(service, keeper_of(service, client)).post("/logout")

    assert name in (await asked(service)).json()["sessions"]


@about(HYBRID, STATELESS)
@pytest.mark.parametrize("way", SHARED, ids=lambda way: str(way.__name__))
async def test_a_session_that_was_ended_in_a_way_of_both_is_listed(
    service_with: ServiceWith, way: Way
) -> None:
    await require_listed(service_with, way)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: str(way.__name__))
async def test_a_session_that_was_ended_is_listed(
    service_with: ServiceWith, way: Way
) -> None:
    await require_listed(service_with, way)


async def require_listed(service_with: ServiceWith, way: Way) -> None:
    """Fail unless the list ends what *way* ends."""
    service = await service_with(max_sessions=2)
    client = await service.signed_in(transport="bearer")
    assert not await is_over(service, client)

    await way(service, client)

    assert await is_over(service, client)


async def test_sessions_that_live_are_not_listed(service: Service) -> None:
    ended = await service.signed_in(transport="bearer")
    lives = await service.signed_in(transport="bearer", user=ended.user)
    await sign_out(service, ended)

    assert await is_over(service, ended)
    assert not await is_over(service, lives)


async def test_the_session_that_changed_the_password_goes_on(
    service: Service,
) -> None:
    client = await service.signed_in(transport="bearer")
    body = {"oldPassword": PASSWORD, "newPassword": NEW_PASSWORD}
    changed = shown(await client.send_json("POST", "/change-password", **body))
    assert await is_over(service, client)

    client.carry(changed["tokens"])

    assert not await is_over(service, client)


async def test_an_end_leaves_the_list_when_no_token_can_be_good(
    service: Service,
) -> None:
    client = await service.signed_in(transport="bearer")
    await sign_out(service, client)
    await service.clock.advance(timedelta(minutes=15))
    assert await is_over(service, client)
    await service.clock.advance(timedelta(minutes=1))
    assert not await is_over(service, client)


@about(HYBRID, STATELESS, AUTH_SERVICE)
async def test_an_unchanged_list_is_not_sent_again(service: Service) -> None:
    first = await asked(service)
    again = await asked(service, **{"if-none-match": first.headers["etag"]})

    assert first.headers["cache-control"] == "no-cache"
    assert again.status_code == 304
    assert again.content == b""
    assert again.headers["etag"] == first.headers["etag"]
    assert again.headers["cache-control"] == "no-cache"


async def test_a_changed_list_is_sent_with_another_tag(service: Service) -> None:
    client = await service.signed_in(transport="bearer")
    tag = (await asked(service)).headers["etag"]
    await sign_out(service, client)

    changed = await asked(service, **{"if-none-match": tag})

    assert changed.status_code == 200
    assert changed.headers["etag"] != tag


@WITHOUT_STORES
async def test_the_list_has_the_headers_of_all_answers(service: Service) -> None:
    answer = await asked(service)
    answer.headers["cache-control"] = "no-store"
    hardened(answer)


@WITHOUT_STORES
async def test_the_list_tells_neither_sessions_nor_users(service: Service) -> None:
    client = await service.signed_in(transport="bearer")
    (session,) = shown(await client.get("/sessions"))["sessions"]
    await sign_out(service, client)

    text = (await asked(service)).text

    assert session["id"] not in text
    assert str(client.user.id) not in text

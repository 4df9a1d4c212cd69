"""Browsers whose access cookie is over: stateless-auth rotates by itself."""

import asyncio
from datetime import timedelta

from tests.blueprints.answers import cookies_set, is_cleared, refused, shown
from tests.blueprints.fixtures import on
from tests.blueprints.harness import Client, Service
from tests.blueprints.kinds import INCLUDED, STATELESS

BLUEPRINTS = (STATELESS,)
OVER = timedelta(minutes=16)
TABS = 20


async def waiting(service: Service) -> Client:
    """Return a client whose access token has just expired."""
    client = await service.signed_in()
    await service.clock.advance(OVER)
    return client


def tab(service: Service, client: Client) -> Client:
    """Return another tab of the browser, as it is now."""
    other = service.client()
    other.hold(dict(client.cookies))
    return other


async def test_the_request_is_served_and_its_answer_brings_new_cookies(
    service: Service,
) -> None:
    client = await waiting(service)
    before = dict(client.cookies)
    answer = await client.get("/profile")
    assert shown(answer)["user"]["id"] == str(client.user.id)
    assert cookies_set(answer).keys() == {"accessToken", "refreshToken"}
    assert client.cookies["refreshToken"] != before["refreshToken"]
    assert not cookies_set(await client.get("/profile"))


async def test_a_browser_that_dropped_the_access_cookie_is_served_too(
    service: Service,
) -> None:
    client = await service.signed_in()
    client.cookies.delete("accessToken")
    answer = await client.get("/profile")
    shown(answer)
    assert "accessToken" in cookies_set(answer)


async def test_of_twenty_requests_at_once_all_are_served_with_one_successor(
    service: Service,
) -> None:
    client = await waiting(service)
    tabs = [tab(service, client) for _ in range(TABS)]
    answers = await asyncio.gather(*(one.get("/profile") for one in tabs))
    for answer in answers:
        shown(answer)
    successors = {cookies_set(one)["refreshToken"].value for one in answers}
    assert len(successors) == 1
    for one in tabs:
        shown(await one.get("/profile"))
    await service.clock.advance(OVER)
    shown(await tabs[-1].get("/profile"))


async def test_an_older_token_ends_its_session(service: Service) -> None:
    client = await waiting(service)
    thief = tab(service, client)
    shown(await client.get("/profile"))
    await service.clock.advance(timedelta(seconds=11))
    refused(await thief.get("/profile"), 401, "refresh_reused")
    await service.require_ended(client)


async def test_a_session_that_ended_is_not_renewed(service: Service) -> None:
    client = await waiting(service)
    other = tab(service, client)
    shown(await client.post("/logout"))
    refused(await other.get("/profile"), 401, "session_ended")


async def test_rubbish_is_not_renewed(service: Service) -> None:
    client = service.client()
    client.hold({"accessToken": "rubbish", "refreshToken": "rubbish"})
    answer = await client.get("/profile")
    refused(answer, 401, "not_signed_in")
    assert not cookies_set(answer)


async def test_a_bearer_client_refreshes_for_itself(service: Service) -> None:
    client = await service.signed_in(transport="bearer")
    await service.clock.advance(OVER)
    answer = await client.get("/profile")
    refused(answer, 401, "not_signed_in")
    assert not cookies_set(answer)


async def test_a_forged_request_from_elsewhere_renews_nothing(
    service: Service,
) -> None:
    client = await waiting(service)
    other = service.client(origin="https://evil.example")
    other.hold(dict(client.cookies))
    answer = await other.patch("/profile", json={"name": "Mallory"})
    refused(answer, 403, "cross_site_request")
    assert not cookies_set(answer)


async def test_signing_out_with_an_expired_access_token_clears_the_cookies(
    service: Service,
) -> None:
    client = await waiting(service)
    answer = await client.post("/logout")
    shown(answer)
    for name in service.kind.cookies:
        assert is_cleared(cookies_set(answer)[name])


async def test_a_gateway_is_answered_without_a_look_at_the_session(
    service: Service,
) -> None:
    client = await service.signed_in()
    other = tab(service, client)
    shown(await client.post("/logout"))
    answer = await other.get("/verify")
    assert answer.status_code == 204
    assert answer.headers["x-user-id"] == str(client.user.id)
    await service.clock.advance(OVER)
    refused(await other.get("/verify"), 401, "not_signed_in")


@on(INCLUDED)
async def test_a_hosts_own_route_is_served_and_brings_new_cookies(
    service: Service,
) -> None:
    client = await waiting(service)
    answer = await client.get(service.root("/shop/mine"))
    assert answer.json()["email"] == client.user.email
    assert cookies_set(answer).keys() == {"accessToken", "refreshToken"}


@on(INCLUDED)
async def test_a_hosts_route_may_ask_no_store_at_all(service: Service) -> None:
    client = await waiting(service)
    tabs = [tab(service, client) for _ in range(TABS)]
    path = service.root("/shop/checked")
    answers = await asyncio.gather(*(one.get(path) for one in tabs))
    assert {one.json()["user"] for one in answers} == {str(client.user.id)}
    assert len({cookies_set(one)["refreshToken"].value for one in answers}) == 1
    nobody = await service.client().get(path)
    assert nobody.status_code == 401

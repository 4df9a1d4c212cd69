"""Sessions are listed and ended by their user alone (B11 to B14, I3)."""

import asyncio

import pytest

from tests.blueprints.fixtures import ServiceWith, about
from tests.blueprints.forms import data_of
from tests.blueprints.harness import PASSWORD, Client, Service
from tests.blueprints.keepers import (
    carry,
    is_served,
    open_sessions,
    signed_in,
)
from tests.blueprints.kinds import HYBRID, STATEFUL, STATELESS
from tests.security.everywhere import everywhere
from tests.security.jose import claims_of
from tests.security.operations import NOBODYS
from tests.security.surfaces import EVERY
from tests.security.tokens import refresh

BLUEPRINTS = (HYBRID, STATEFUL)
MOST = 5
RACERS = 20


async def session_ids(client: Client) -> list[str]:
    shown = data_of(await client.get("/sessions"))["sessions"]
    return [one["id"] for one in shown]


@everywhere
@pytest.mark.attack("B12")
@pytest.mark.attack("I3")
@pytest.mark.asvs("V8.2.2")
async def test_another_users_session_is_answered_like_an_unknown_one(
    service: Service,
) -> None:
    victim = await service.signed_in(transport="bearer")
    thief = await service.signed_in(transport="bearer")
    (theirs,) = await session_ids(victim)

    answers = [await thief.delete(f"/sessions/{one}") for one in (theirs, NOBODYS)]

    shown = [{**one.json(), "requestId": ""} for one in answers]
    assert [one.status_code for one in answers] == [404, 404]
    assert shown[0] == shown[1]
    assert (await victim.get("/profile")).status_code == 200


@pytest.mark.attack("B12")
@pytest.mark.asvs("V8.2.2")
async def test_ending_all_sessions_ends_no_one_elses(service: Service) -> None:
    victim = await service.signed_in()
    thief = await service.signed_in()

    await thief.delete("/sessions?includeCurrent=true")

    assert (await victim.get("/profile")).status_code == 200


@about(HYBRID, STATELESS)
@pytest.mark.attack("B12")
async def test_a_token_in_the_body_never_overrides_the_cookie(
    service: Service,
) -> None:
    victim = await service.signed_in(transport="bearer")
    thief = await service.signed_in()
    body = {"refreshToken": victim.tokens["refreshToken"]}

    for path in ("/logout", "/refresh-token"):
        answer = await thief.post(path, json=body)
        assert (answer.status_code, answer.json()["code"]) == (400, "ambiguous_request")

    assert (await victim.get("/profile")).status_code == 200
    assert (await thief.get("/profile")).status_code == 200


@about(HYBRID, STATEFUL, STATELESS)
@pytest.mark.attack("B12")
async def test_a_user_named_in_the_body_is_refused(service: Service) -> None:
    victim = await service.signed_in()
    thief = await service.signed_in()

    answer = await thief.patch(
        "/profile", json={"name": "Mallory", "userId": str(victim.user.id)}
    )

    assert answer.status_code == 422


@pytest.mark.attack("B13")
@pytest.mark.asvs("V7.5.2")
async def test_the_list_of_sessions_holds_no_credential(service: Service) -> None:
    client = await service.signed_in(transport="bearer")
    browser = await service.signed_in(user=client.user)
    answer = await browser.get("/sessions")
    text = answer.text
    tokens = [*client.tokens.values(), *browser.cookies.values()]

    for token in tokens:
        for part in str(token).split("."):
            assert len(part) < 16 or part not in text
    members = data_of(answer)["sessions"][0].keys()
    assert members == {
        *("id", "current", "device", "ip", "createdAt", "lastSeenAt", "expiresAt")
    }


@about(HYBRID)
@pytest.mark.attack("B13")
async def test_the_id_of_a_session_is_no_token(service: Service) -> None:
    client = await service.signed_in(transport="bearer")
    (session_id,) = await session_ids(client)

    opened = await service.client(authorization=f"Bearer {session_id}").get("/profile")
    refreshed = await refresh(service, session_id)

    assert (opened.status_code, refreshed.status_code) == (401, 401)


@everywhere
@pytest.mark.attack("B13")
@pytest.mark.asvs("V7.4.3")
@pytest.mark.asvs("V7.5.2")
async def test_ending_all_sessions_keeps_the_current_one(service: Service) -> None:
    client = await service.signed_in()
    others = [await service.signed_in(user=client.user) for _ in range(3)]

    answer = await client.delete("/sessions")

    assert data_of(answer) == {"revoked": 3}
    assert (await client.get("/profile")).status_code == 200
    assert {(await one.get("/profile")).status_code for one in others} == {401}


@about(*EVERY)
@everywhere
@pytest.mark.attack("B14")
@pytest.mark.asvs("V7.1.2")
@pytest.mark.asvs("V2.3.2")
async def test_of_many_sign_ins_at_once_exactly_the_allowed_number_stays(
    service_with: ServiceWith,
) -> None:
    service = await service_with(max_sessions=MOST)
    user = await service.user()
    body = {"email": user.email, "password": PASSWORD}
    clients = [await signed_in(service, user) for _ in range(RACERS)]
    path = service.kind.sign_in

    answers = await asyncio.gather(*(one.post(path, json=body) for one in clients))

    assert {answer.status_code for answer in answers} == {200}
    for client, answer in zip(clients, answers, strict=True):
        carry(client, answer)
    assert sum([await is_served(service, one) for one in clients]) == MOST
    assert len(await open_sessions(service, user)) == MOST


@about(HYBRID, STATELESS)
@pytest.mark.attack("B11")
@pytest.mark.asvs("V7.2.4")
async def test_a_sign_in_replaces_every_credential_that_was_planted(
    service: Service,
) -> None:
    thief = await service.signed_in()
    planted = dict(thief.cookies)
    user = await service.user()
    victim = service.client()
    for name, value in planted.items():
        victim.cookies.set(name, value, domain="127.0.0.1", path="/")

    await victim.post("/signin", json={"email": user.email, "password": PASSWORD})

    got = {cookie.name: str(cookie.value) for cookie in victim.cookies.jar}
    assert len(victim.cookies.jar) == len(got) == 3
    for name in ("accessToken", "refreshToken", "device"):
        assert got[name] != planted[name]
    session = claims_of(got["accessToken"])["sid"]
    assert session != claims_of(planted["accessToken"])["sid"]
    assert session == claims_of(got["refreshToken"])["sid"]


@about(HYBRID, STATEFUL, STATELESS)
@pytest.mark.attack("B11")
async def test_a_sign_up_replaces_a_flow_that_was_planted(service: Service) -> None:
    body = {"email": (await service.user()).email}
    planted = data_of(await service.client().post("/forgot-password", json=body))
    victim = service.client(cookie=f"flow={planted['flowId']}")

    answer = await victim.post("/forgot-password", json=body)

    assert answer.cookies["flow"] != planted["flowId"]
    assert answer.cookies["flow"] == data_of(answer)["flowId"]


@about(HYBRID, STATEFUL, STATELESS)
@pytest.mark.attack("B11")
async def test_a_planted_device_makes_no_device_known(service: Service) -> None:
    thief = await service.signed_in()
    user = await service.user()
    await service.signed_in(user=user)
    victim = service.client(cookie=f"device={thief.cookies['device']}")

    await victim.post("/signin", json={"email": user.email, "password": PASSWORD})

    assert len(await service.mails_to(user.email, "new sign-in")) == 1

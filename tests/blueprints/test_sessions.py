"""GET and DELETE sessions."""

from datetime import datetime, timedelta

import pytest

from tests.blueprints.answers import cookies_set, invalid, is_cleared, refused, shown
from tests.blueprints.fixtures import WITHOUT_STORES, about
from tests.blueprints.harness import PASSWORD, Client, Service
from tests.blueprints.kinds import HYBRID, STATEFUL

BLUEPRINTS = (HYBRID, STATEFUL)

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


async def also_signed_in(service: Service, client: Client) -> Client:
    return await service.signed_in(user=client.user)


async def sessions_of(client: Client) -> list[dict[str, object]]:
    sessions = shown(await client.get("/sessions"))["sessions"]
    assert isinstance(sessions, list)
    return sessions


async def current_id(client: Client) -> object:
    return next(one["id"] for one in await sessions_of(client) if one["current"])


@pytest.mark.asvs("V15.3.1")
@pytest.mark.asvs("V14.2.6")
async def test_a_session_shows_exactly_the_documented_members(
    service: Service,
) -> None:
    client = await service.signed_in(user_agent=FIREFOX, address="203.0.113.7")
    (session,) = await sessions_of(client)
    assert session.keys() == {
        "id",
        "current",
        "device",
        "ip",
        "createdAt",
        "lastSeenAt",
        "expiresAt",
    }
    assert session["device"] == {"browser": "Firefox", "os": "Linux", "kind": "desktop"}
    assert session["ip"] == "203.0.113.7"
    assert session["current"] is True


async def test_every_device_is_listed_and_one_is_the_current(service: Service) -> None:
    one = await service.signed_in()
    two = await also_signed_in(service, one)
    assert [s["current"] for s in await sessions_of(one)].count(True) == 1
    assert len(await sessions_of(two)) == 2
    assert await current_id(one) != await current_id(two)


async def test_the_newest_session_is_listed_first(service: Service) -> None:
    one = await service.signed_in()
    await service.clock.advance(timedelta(seconds=5))
    await also_signed_in(service, one)
    created = [str(session["createdAt"]) for session in await sessions_of(one)]
    assert created == sorted(created, reverse=True)


async def test_a_session_expires_when_it_says(service: Service) -> None:
    client = await service.signed_in()
    (session,) = await sessions_of(client)
    left = datetime.fromisoformat(str(session["expiresAt"])) - service.now()
    assert timedelta(days=6, hours=23) < left <= timedelta(days=7)


@about(HYBRID)
async def test_a_refresh_prolongs_the_session_and_is_seen(service: Service) -> None:
    client = await service.signed_in()
    (before,) = await sessions_of(client)
    await service.clock.advance(timedelta(minutes=5))
    shown(await client.post("/refresh-token"))
    (after,) = await sessions_of(client)
    assert after["id"] == before["id"]
    assert str(after["lastSeenAt"]) > str(before["lastSeenAt"])
    assert str(after["expiresAt"]) > str(before["expiresAt"])
    assert after["createdAt"] == before["createdAt"]


@WITHOUT_STORES
async def test_the_list_holds_no_token_and_no_digest(service: Service) -> None:
    client = await service.signed_in()
    listed = (await client.get("/sessions")).text
    for value in client.cookies.values():
        assert value not in listed
        assert all(part not in listed for part in value.split(".") if len(part) > 8)


@WITHOUT_STORES
async def test_a_session_id_is_no_credential(service: Service) -> None:
    client = await service.signed_in()
    session = await current_id(client)
    thief = service.client(authorization=f"Bearer {session}")
    refused(await thief.get("/profile"), 401, "not_signed_in")


async def test_ending_all_keeps_the_current_one(service: Service) -> None:
    one = await service.signed_in()
    others = [await also_signed_in(service, one) for _ in range(3)]
    assert shown(await one.delete("/sessions")) == {"revoked": 3}
    shown(await one.get("/profile"))
    for other in others:
        await service.require_ended(other)


async def test_with_include_current_the_current_one_ends_as_well(
    service: Service,
) -> None:
    one = await service.signed_in()
    await also_signed_in(service, one)
    before = dict(one.cookies)
    answer = await one.delete("/sessions", params={"includeCurrent": "true"})
    assert shown(answer) == {"revoked": 2}
    cookies = cookies_set(answer)
    assert all(is_cleared(cookies[name]) for name in service.kind.cookies)
    again = service.client()
    again.hold(before)
    refused(await again.get("/profile"), 401, "session_ended")


async def test_sessions_of_other_users_are_not_ended(service: Service) -> None:
    one, stranger = await service.signed_in(), await service.signed_in()
    assert shown(await one.delete("/sessions")) == {"revoked": 0}
    shown(await stranger.get("/profile"))


async def test_one_session_can_be_ended(service: Service) -> None:
    one = await service.signed_in()
    two = await also_signed_in(service, one)
    answer = await one.delete(f"/sessions/{await current_id(two)}")
    assert shown(answer) is None
    refused(await two.get("/profile"), 401, "session_ended")
    shown(await one.get("/profile"))


async def test_the_current_session_can_be_ended_by_its_id(service: Service) -> None:
    client = await service.signed_in()
    shown(await client.delete(f"/sessions/{await current_id(client)}"))
    refused(await client.get("/profile"), 401, "session_ended")


async def test_a_session_that_has_ended_is_not_there(service: Service) -> None:
    one = await service.signed_in()
    two = await also_signed_in(service, one)
    session = await current_id(two)
    shown(await one.delete(f"/sessions/{session}"))
    answer = await one.delete(f"/sessions/{session}")
    refused(answer, 404, "session_not_found")
    assert len(await sessions_of(one)) == 1


async def test_another_users_session_and_an_unknown_one_are_answered_alike(
    service: Service,
) -> None:
    one, stranger = await service.signed_in(), await service.signed_in()
    theirs = await one.delete(f"/sessions/{await current_id(stranger)}")
    unknown = await one.delete("/sessions/0198c0de-0000-7000-8000-000000000000")
    first = refused(theirs, 404, "session_not_found")
    second = refused(unknown, 404, "session_not_found")
    assert {**first, "requestId": ""} == {**second, "requestId": ""}
    shown(await stranger.get("/profile"))


@WITHOUT_STORES
@pytest.mark.parametrize("session", ["7", "x' OR '1'='1", "*", "None"])
async def test_what_is_no_session_id_is_answered_like_an_unknown_one(
    service: Service, session: str
) -> None:
    client = await service.signed_in()
    answer = await client.delete(f"/sessions/{session}")
    refused(answer, 404, "session_not_found")


@WITHOUT_STORES
async def test_what_is_no_boolean_is_not_acceptable(service: Service) -> None:
    client = await service.signed_in()
    answer = await client.delete("/sessions", params={"includeCurrent": "maybe"})
    invalid(answer, "includeCurrent")


@WITHOUT_STORES
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/sessions"),
        ("DELETE", "/sessions"),
        ("DELETE", "/sessions/0198c0de-0000-7000-8000-000000000000"),
    ],
)
async def test_without_signing_in_there_are_no_sessions(
    service: Service, method: str, path: str
) -> None:
    answer = await service.client().request(method, path)
    refused(answer, 401, "not_signed_in")


@about(HYBRID)
async def test_an_idle_session_ends_by_itself(service: Service) -> None:
    client = await service.signed_in()
    await service.clock.advance(timedelta(days=7, seconds=1))
    refused(await client.get("/profile"), 401, "not_signed_in")
    answer = await client.post("/refresh-token")
    assert answer.status_code == 401
    other = await also_signed_in(service, client)
    assert len(await sessions_of(other)) == 1


@about(HYBRID)
async def test_a_session_ends_after_thirty_days_however_often_it_is_refreshed(
    service: Service,
) -> None:
    client = await service.signed_in()
    for _ in range(5):
        await service.clock.advance(timedelta(days=5, hours=23))
        shown(await client.post("/refresh-token"))
    await service.clock.advance(timedelta(hours=6))
    answer = await client.post("/refresh-token")
    assert answer.status_code == 401


async def test_ending_sessions_is_audited(service: Service) -> None:
    one = await service.signed_in()
    two = await also_signed_in(service, one)
    await one.delete(f"/sessions/{await current_id(two)}")
    (entry,) = await service.audited(one.user.id, "SessionEndedBy")
    assert entry.session
    assert PASSWORD not in str(entry)

"""A user's own sessions: listed and ended."""

import pytest

from keywright.features.sessions.errors import SessionEnded, SessionNotFound
from keywright.features.sessions.types import Principal
from keywright.features.sign_in.types import SignedIn
from keywright.shared.secrets import new_id
from tests.features.world import World
from tests.instants import DAY, MINUTE


async def signed_in(world: World) -> tuple[SignedIn, Principal]:
    """Sign in once more; return the session and its principal."""
    world.advance(MINUTE)
    opened = await world.sign_in()
    return opened, await world.principal(opened.credentials)


async def test_the_live_sessions_are_listed_newest_first() -> None:
    world = World()
    await world.add_user()
    older, _ = await signed_in(world)
    newer, principal = await signed_in(world)

    listed = await world.sessions.listed(principal)

    assert [session.id for session in listed] == [
        newer.credentials.session_id,
        older.credentials.session_id,
    ]


async def test_a_session_that_is_ended_is_dead_and_the_others_live() -> None:
    world = World()
    await world.add_user()
    other, _ = await signed_in(world)
    mine, principal = await signed_in(world)

    await world.sessions.end(principal, other.credentials.session_id)

    with pytest.raises(SessionEnded):
        await world.principal(other.credentials)
    await world.principal(mine.credentials)
    assert world.happened()[-1] == "SessionEndedBy"


@pytest.mark.attack("B12")
async def test_another_users_session_is_not_there() -> None:
    world = World()
    await world.add_user()
    await world.add_user(email="eve@example.com")
    mine, _ = await signed_in(world)
    eve = await world.sign_in("eve@example.com")
    principal = await world.principal(eve.credentials)

    for session_id in (mine.credentials.session_id, new_id()):
        with pytest.raises(SessionNotFound):
            await world.sessions.end(principal, session_id)

    await world.principal(mine.credentials)


async def test_a_session_is_ended_once() -> None:
    world = World()
    await world.add_user()
    other, _ = await signed_in(world)
    _, principal = await signed_in(world)
    await world.sessions.end(principal, other.credentials.session_id)

    with pytest.raises(SessionNotFound):
        await world.sessions.end(principal, other.credentials.session_id)


async def test_signing_out_twice_is_one_event() -> None:
    world = World()
    await world.add_user()
    opened, principal = await signed_in(world)

    await world.sessions.sign_out(principal)
    await world.sessions.sign_out(principal)

    assert world.happened().count("SessionEndedBy") == 1
    with pytest.raises(SessionEnded):
        await world.principal(opened.credentials)


@pytest.mark.attack("B13")
@pytest.mark.parametrize("include_current", [False, True])
async def test_all_others_are_ended_and_the_current_one_if_asked(
    include_current: bool,
) -> None:
    world = World()
    await world.add_user()
    for _ in range(3):
        await signed_in(world)
    mine, principal = await signed_in(world)

    count = await world.sessions.end_others(principal, include_current=include_current)

    assert count == 3 + include_current
    left = await world.sessions.listed(principal)
    assert [one.id for one in left] == (
        [] if include_current else [mine.credentials.session_id]
    )
    assert world.happened()[-1] == "SessionsEnded"


async def test_sessions_that_expired_are_not_listed() -> None:
    world = World()
    await world.add_user()
    _, principal = await signed_in(world)

    world.advance(8 * DAY)

    assert list(await world.sessions.listed(principal)) == []


async def test_the_list_holds_no_token() -> None:
    world = World()
    await world.add_user()
    opened, principal = await signed_in(world)

    listed = repr(await world.sessions.listed(principal))

    assert opened.credentials.access not in listed
    assert str(opened.credentials.refresh) not in listed

"""Who presents an access token of a live session."""

from dataclasses import replace

import pytest

from keywright.features.refresh_tokens.types import Lifetimes
from keywright.features.sessions.errors import SessionEnded
from keywright.features.sessions.types import PresentedCredentials
from keywright.shared.errors import NotSignedIn
from keywright.shared.secrets import new_id
from tests.features.refresh_tokens.opened import session
from tests.features.world import World
from tests.instants import DAY, HOUR, MINUTE


@pytest.mark.attack("A13")
async def test_an_access_token_is_no_refresh_token() -> None:
    one = await session()

    assert await one.refused(one.opened.access) == "refresh_invalid"


async def test_who_presents_nothing_is_not_signed_in() -> None:
    world = World()

    with pytest.raises(NotSignedIn):
        await world.authenticator.authenticate(PresentedCredentials(None, None))


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "é"])
async def test_who_presents_a_bad_token_is_not_signed_in(token: str) -> None:
    world = World()

    with pytest.raises(NotSignedIn):
        await world.authenticator.authenticate(PresentedCredentials(None, token))


async def test_an_access_token_of_an_unknown_session_is_worth_nothing() -> None:
    one = await session()
    stray = one.world.access.write(
        one.user.id,
        new_id(),
        role="admin",
        auth_time=one.world.now,
        amr=("pwd",),
        epoch=0,
        now=one.world.now,
        session_ends_at=one.world.now + HOUR,
    )

    with pytest.raises(SessionEnded):
        await one.world.authenticator.authenticate(PresentedCredentials(stray, None))


@pytest.mark.attack("B16")
async def test_a_role_takes_effect_on_the_next_request() -> None:
    one = await session()
    found = await one.world.users.by_id(one.user.id)
    assert found is not None
    await one.world.users.remove(one.user.id)
    await one.world.users.add(replace(found, role="admin"))

    principal = await one.world.principal(one.opened)

    assert principal.user.role == "admin"


@pytest.mark.attack("B8")
async def test_an_access_token_ends_with_its_session() -> None:
    one = await session(Lifetimes(access=DAY, idle=MINUTE, absolute=MINUTE))

    one.world.advance(MINUTE)

    assert not await one.is_alive()

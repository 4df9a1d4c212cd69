"""Servers whose clocks differ agree, for they ask the store (B15)."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from keywright.features.refresh_tokens.errors import RefreshMissing, RefreshReused
from keywright.features.refresh_tokens.service import RefreshTokens
from keywright.features.sessions.errors import SessionEnded
from keywright.shared.clock import StoreClock
from tests.features.world import World
from tests.instants import NOW, SECOND

pytestmark = pytest.mark.long

APART = timedelta(seconds=30)
SKEWS = pytest.mark.parametrize(("first", "second"), [(APART, -APART), (-APART, APART)])


def store_at(instant: datetime) -> Callable[[], Awaitable[datetime]]:
    """Return what asks a store whose time is *instant*."""

    async def ask() -> datetime:
        return instant

    return ask


async def server(world: World, skew: timedelta, *, at: datetime = NOW) -> RefreshTokens:
    """Return a server whose own clock is *skew* off, on the stores of *world*."""
    clock = StoreClock()
    clock._base += skew
    await clock.measure(store_at(at))
    return replace(world.refresh, now=clock)


async def signed_in(world: World) -> str:
    """Return the refresh token of a new session."""
    await world.add_user()
    return (await world.sign_in()).credentials.refresh or ""


@SKEWS
@pytest.mark.attack("B15")
async def test_a_retry_at_a_server_of_another_time_is_no_reuse(
    first: timedelta, second: timedelta
) -> None:
    world = World()
    token = await signed_in(world)
    one, other = await server(world, first), await server(world, second)

    rotated = await one.refresh(token)
    retried = await other.refresh(token)

    assert retried.refresh == rotated.refresh
    assert (await other.refresh(rotated.refresh or "")).refresh != rotated.refresh


@SKEWS
@pytest.mark.attack("B15")
async def test_a_reuse_at_a_server_of_another_time_is_seen(
    first: timedelta, second: timedelta
) -> None:
    world = World()
    token = await signed_in(world)
    await (await server(world, first)).refresh(token)
    later = await server(world, second, at=NOW + 11 * SECOND)

    with pytest.raises(RefreshReused):
        await later.refresh(token)


@SKEWS
@pytest.mark.attack("B15")
async def test_no_session_ends_early_or_late_at_a_server_of_another_time(
    first: timedelta, second: timedelta
) -> None:
    world = World()
    token = await signed_in(world)
    rotated = await (await server(world, first)).refresh(token)
    idle = world.refresh.lifetimes.idle
    just_alive = await server(world, second, at=NOW + idle - 20 * SECOND)
    newest = (await just_alive.refresh(rotated.refresh or "")).refresh or ""

    over = await server(world, second, at=NOW + 2 * idle + 20 * SECOND)
    with pytest.raises((SessionEnded, RefreshMissing)):
        await over.refresh(newest)

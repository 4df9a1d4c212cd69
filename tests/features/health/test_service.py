"""Every part is asked whether it answers."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from keywright.features.health.service import Health
from keywright.shared.errors import StoreUnavailable
from tests.instants import HOUR, MILLISECOND, NOW

Probe = Callable[[], Awaitable[None]]


async def answers() -> None:
    """Answer."""


def fails(error: Exception) -> Probe:
    """Return a probe that raises *error*."""

    async def probe() -> None:
        raise error

    return probe


@pytest.mark.parametrize(
    ("probe", "is_up"),
    [
        (answers, True),
        (fails(StoreUnavailable()), False),
        (fails(ConnectionRefusedError()), False),
        (fails(TimeoutError()), False),
    ],
)
async def test_a_part_that_does_not_answer_is_down(probe: Probe, is_up: bool) -> None:
    health = Health({"database": answers, "redis": probe}, now=lambda: NOW)

    parts = await health.parts()

    assert {name: part.is_up for name, part in parts.items()} == {
        "database": True,
        "redis": is_up,
    }
    assert all(part.latency >= timedelta(0) for part in parts.values())
    assert await health.is_ready() is is_up


async def test_a_part_that_hangs_is_down_after_its_time() -> None:
    async def hangs() -> None:
        await asyncio.sleep(60)

    health = Health({"database": hangs}, now=lambda: NOW, longest_wait=MILLISECOND)

    assert not await health.is_ready()


async def test_without_parts_a_service_is_ready() -> None:
    assert await Health({}, now=lambda: NOW).is_ready()


def test_uptime_counts_from_the_start() -> None:
    now = [NOW]
    health = Health({}, now=lambda: now[0])

    now[0] += HOUR

    assert health.uptime == HOUR
    assert health.now() == NOW + HOUR


async def test_what_is_only_watched_is_shown_and_decides_nothing() -> None:
    mail = fails(StoreUnavailable())
    health = Health({"database": answers}, watched={"mail": mail}, now=lambda: NOW)

    parts = await health.parts()

    assert {name: part.is_up for name, part in parts.items()} == {
        "database": True,
        "mail": False,
    }
    assert await health.is_ready()

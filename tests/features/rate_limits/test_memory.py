"""The limiter of one process: its memory is bounded."""

from keywright.features.rate_limits.memory import Limiter
from keywright.features.rate_limits.types import Limit
from keywright.shared.secrets import random_bytes
from tests.features.rate_limits.builders import limit
from tests.instants import DAY, HOUR, NOW, SECOND


async def flood(limiter: Limiter, of: Limit, *, keys: int) -> None:
    """Act once under each of many new keys."""
    for _ in range(keys):
        await limiter.hit(random_bytes(32), of, now=NOW)


def held(limiter: Limiter) -> int:
    """Return how many keys are in memory."""
    return len(limiter._free_at)


async def test_a_flood_of_new_keys_keeps_memory_bounded() -> None:
    limiter = Limiter(most=1000)

    await flood(limiter, limit(period=DAY), keys=10_000)

    assert held(limiter) <= 1000


async def test_an_exhausted_key_outlives_a_flood() -> None:
    limiter, of, key = Limiter(most=1000), limit(count=5, period=HOUR), random_bytes(32)
    for _ in range(5):
        await limiter.hit(key, of, now=NOW)

    await flood(limiter, of, keys=10_000)

    assert await limiter.hit(key, of, now=NOW) is not None


async def test_keys_that_are_free_make_room_by_themselves() -> None:
    limiter, of = Limiter(), limit(count=1, period=SECOND)
    for second in range(5000):
        await limiter.hit(random_bytes(32), of, now=NOW + second * SECOND)

    assert held(limiter) < 10


async def test_what_is_busy_is_not_dropped_while_there_is_room() -> None:
    limiter, of = Limiter(most=1000), limit(count=1, period=DAY)
    keys = [random_bytes(32) for _ in range(1000)]
    for key in keys:
        await limiter.hit(key, of, now=NOW)

    waits = [await limiter.hit(key, of, now=NOW) for key in keys]

    assert all(waits)

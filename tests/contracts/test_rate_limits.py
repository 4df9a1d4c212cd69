"""Rate limits: the contract of every limiter."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keywright.features.rate_limits.store import RateLimiter
from keywright.features.rate_limits.types import Limit
from keywright.shared.secrets import random_bytes
from tests.contracts.backend import Backend
from tests.contracts.draws import drawn
from tests.contracts.races import race
from tests.contracts.stores import Stores
from tests.features.rate_limits.builders import limit
from tests.instants import DAY, HOUR, MILLISECOND, MINUTE, NOW, SECOND

STORE = "limiter"
AWKWARD = (
    limit(count=1, period=SECOND),
    limit(count=5, period=MINUTE),
    limit(count=7, period=MINUTE),
    limit(count=3, period=SECOND),
    limit(count=20, period=HOUR),
    limit(count=7, period=DAY),
    limit(count=60, period=SECOND),
)


@pytest.fixture
def limiter(stores: Stores) -> RateLimiter:
    return stores.limiter


async def passes(
    limiter: RateLimiter, key: bytes, of: Limit, *, now: datetime = NOW, times: int = 1
) -> list[bool]:
    """Say of each of *times* acts if it is let through."""
    return [await limiter.hit(key, of, now=now) is None for _ in range(times)]


def moment_after(wait: timedelta) -> timedelta:
    """Return *wait* in the whole milliseconds that clocks here have."""
    return -(-wait // MILLISECOND) * MILLISECOND


@pytest.mark.parametrize("of", AWKWARD, ids=str)
async def test_the_acts_may_come_at_once(limiter: RateLimiter, of: Limit) -> None:
    key = random_bytes(32)

    allowed = await passes(limiter, key, of, times=of.count + 2)

    assert allowed == [True] * of.count + [False] * 2


@pytest.mark.parametrize("of", AWKWARD, ids=str)
async def test_the_wait_is_exact(limiter: RateLimiter, of: Limit) -> None:
    key = random_bytes(32)
    await passes(limiter, key, of, times=of.count)

    wait = await limiter.hit(key, of, now=NOW)

    assert wait is not None
    assert abs(wait - of.period / of.count) < MILLISECOND
    early = NOW + moment_after(wait) - MILLISECOND
    assert await limiter.hit(key, of, now=early) is not None
    assert await limiter.hit(key, of, now=NOW + moment_after(wait)) is None


async def test_a_refused_act_is_not_counted(limiter: RateLimiter) -> None:
    key, of = random_bytes(32), limit(count=2, period=MINUTE)
    await passes(limiter, key, of, times=50)

    assert await limiter.hit(key, of, now=NOW) == 30 * SECOND


async def test_one_act_comes_free_at_a_time(limiter: RateLimiter) -> None:
    key, of = random_bytes(32), limit(count=4, period=MINUTE)
    await passes(limiter, key, of, times=4)

    allowed = [
        (await passes(limiter, key, of, now=NOW + step * 15 * SECOND, times=2))
        for step in (1, 2, 3)
    ]

    assert allowed == [[True, False]] * 3


async def test_after_the_period_all_acts_are_free_again(limiter: RateLimiter) -> None:
    key, of = random_bytes(32), limit(count=4, period=MINUTE)
    await passes(limiter, key, of, times=4)

    again = await passes(limiter, key, of, now=NOW + MINUTE, times=5)

    assert again == [True] * 4 + [False]


async def test_unused_acts_are_not_saved_up(limiter: RateLimiter) -> None:
    key, of = random_bytes(32), limit(count=4, period=MINUTE)
    await passes(limiter, key, of)

    again = await passes(limiter, key, of, now=NOW + DAY, times=5)

    assert again == [True] * 4 + [False]


async def test_keys_do_not_meet(limiter: RateLimiter) -> None:
    of = limit(count=1)
    keys = [bytes(32), b"a" * 32, b"A" * 32, b" " * 32, b"\xff" * 32]

    assert [await passes(limiter, key, of) for key in keys] == [[True]] * len(keys)


async def test_limits_do_not_meet(limiter: RateLimiter) -> None:
    key = random_bytes(32)

    for name in ("sign_in", "sign_up", "sign_in_ip"):
        assert await passes(limiter, key, limit(name=name, count=1)) == [True]


async def test_of_many_concurrent_acts_no_more_than_the_limit_pass(
    limiter: RateLimiter,
) -> None:
    key, of = random_bytes(32), limit(count=10)

    results = await race(lambda _: limiter.hit(key, of, now=NOW))

    assert results.count(None) == 10


async def test_a_free_key_is_forgotten(limiter: RateLimiter, kind: Backend) -> None:
    of = limit(count=1, period=MINUTE)
    await passes(limiter, random_bytes(32), of, now=NOW - DAY)
    busy = random_bytes(32)
    await passes(limiter, busy, of)

    assert await limiter.purge(before=NOW) == (0 if kind.forgets else 1)
    assert await passes(limiter, busy, of) == [False]


@drawn
@given(
    count=st.integers(1, 5),
    steps=st.lists(st.sampled_from([0, 1, 250, 999, 1000, 1001, 4000]), max_size=20),
)
async def test_every_store_counts_like_the_others(
    stores: Stores, count: int, steps: list[int]
) -> None:
    key, of, now = random_bytes(32), limit(count=count, period=3 * SECOND), NOW
    free_at = NOW
    for step in steps:
        now += step * MILLISECOND
        free_at = max(free_at, now)
        wait = free_at - now - of.interval * (count - 1)
        expected = wait if wait > timedelta(0) else None

        assert await stores.limiter.hit(key, of, now=now) == expected
        if expected is None:
            free_at += of.interval

"""Lockout: the contract of every store of failures."""

import pytest

from keywright.features.lockout.store import FailureStore
from keywright.features.lockout.types import Failures
from keywright.shared.secrets import random_bytes
from tests.contracts.backend import Backend
from tests.contracts.races import race
from tests.contracts.stores import Stores
from tests.instants import DAY, MILLISECOND, MINUTE, NOW

STORE = "failures"
WINDOW = 15 * MINUTE
FIRST = Failures(recent=1, total=1, previous_at=None)


@pytest.fixture
def failures(stores: Stores) -> FailureStore:
    return stores.failures


async def test_the_first_try_has_no_previous(failures: FailureStore) -> None:
    key = random_bytes(32)

    assert await failures.count(key, window=WINDOW, now=NOW) == FIRST


async def test_tries_are_counted_with_the_previous_instant(
    failures: FailureStore,
) -> None:
    key = random_bytes(32)
    for step in range(3):
        await failures.count(key, window=WINDOW, now=NOW + step * MINUTE)

    counted = await failures.count(key, window=WINDOW, now=NOW + 3 * MINUTE)

    assert counted == Failures(recent=4, total=4, previous_at=NOW + 2 * MINUTE)


async def test_two_tries_of_one_instant_are_two(failures: FailureStore) -> None:
    key = random_bytes(32)
    await failures.count(key, window=WINDOW, now=NOW)

    counted = await failures.count(key, window=WINDOW, now=NOW)

    assert counted == Failures(recent=2, total=2, previous_at=NOW)


@pytest.mark.parametrize(
    ("pause", "recent"),
    [(WINDOW - MILLISECOND, 4), (WINDOW, 1), (WINDOW + MILLISECOND, 1), (DAY, 1)],
    ids=str,
)
async def test_after_a_pause_of_the_window_recent_starts_again(
    failures: FailureStore, pause: object, recent: int
) -> None:
    key = random_bytes(32)
    for _ in range(3):
        await failures.count(key, window=WINDOW, now=NOW)

    counted = await failures.count(key, window=WINDOW, now=NOW + pause)  # type: ignore[operator]  # a timedelta

    assert counted == Failures(recent=recent, total=4, previous_at=NOW)


async def test_the_pause_is_since_the_previous_try(failures: FailureStore) -> None:
    key = random_bytes(32)
    for step in range(4):
        counted = await failures.count(
            key, window=WINDOW, now=NOW + step * (WINDOW - MILLISECOND)
        )

    assert counted.recent == 4


async def test_of_concurrent_tries_no_two_have_one_total(
    failures: FailureStore,
) -> None:
    key = random_bytes(32)

    async def count(_: int) -> Failures:
        return await failures.count(key, window=WINDOW, now=NOW)

    counted = await race(count)

    assert sorted(one.total for one in counted) == list(range(1, 65))
    assert sorted(one.recent for one in counted) == list(range(1, 65))


async def test_keys_do_not_meet(failures: FailureStore) -> None:
    for key in (bytes(32), b"a" * 32, b"A" * 32, b" " * 32, b"\xff" * 32):
        assert await failures.count(key, window=WINDOW, now=NOW) == FIRST


async def test_a_right_try_is_taken_back(failures: FailureStore) -> None:
    key = random_bytes(32)
    for _ in range(3):
        await failures.count(key, window=WINDOW, now=NOW)

    await failures.forgive(key)

    counted = await failures.count(key, window=WINDOW, now=NOW)
    assert (counted.recent, counted.total) == (3, 3)


async def test_no_count_goes_below_zero(failures: FailureStore) -> None:
    key = random_bytes(32)
    await failures.count(key, window=WINDOW, now=NOW)
    for _ in range(3):
        await failures.forgive(key)

    counted = await failures.count(key, window=WINDOW, now=NOW)

    assert (counted.recent, counted.total) == (1, 1)


async def test_an_unknown_key_is_forgiven_and_cleared_in_vain(
    failures: FailureStore,
) -> None:
    key = random_bytes(32)
    await failures.forgive(key)
    await failures.clear(key)

    assert await failures.count(key, window=WINDOW, now=NOW) == FIRST


async def test_concurrent_tries_that_were_right_leave_nothing(
    failures: FailureStore,
) -> None:
    key = random_bytes(32)

    async def try_rightly(_: int) -> None:
        await failures.count(key, window=WINDOW, now=NOW)
        await failures.forgive(key)

    await race(try_rightly)

    counted = await failures.count(key, window=WINDOW, now=NOW)
    assert (counted.recent, counted.total) == (1, 1)


async def test_a_cleared_key_starts_again(failures: FailureStore) -> None:
    key, other = random_bytes(32), random_bytes(32)
    for each in (key, key, other):
        await failures.count(each, window=WINDOW, now=NOW)

    await failures.clear(key)

    assert await failures.count(key, window=WINDOW, now=NOW) == FIRST
    assert (await failures.count(other, window=WINDOW, now=NOW)).total == 2


async def test_keys_are_forgotten_by_their_last_try(
    failures: FailureStore, kind: Backend
) -> None:
    gone, stays = random_bytes(32), random_bytes(32)
    await failures.count(gone, window=WINDOW, now=NOW)
    await failures.count(stays, window=WINDOW, now=NOW)
    await failures.count(stays, window=WINDOW, now=NOW + MILLISECOND)

    purged = await failures.purge(before=NOW + MILLISECOND)

    assert purged == (0 if kind.forgets else 1)
    assert (await failures.count(stays, window=WINDOW, now=NOW + DAY)).total == 3
    if not kind.forgets:
        assert await failures.count(gone, window=WINDOW, now=NOW + DAY) == FIRST

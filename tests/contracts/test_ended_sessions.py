"""Ended sessions: the contract of every store of them."""

import pytest

from keywright.features.ended_sessions.store import EndedSessions
from keywright.shared.secrets import new_id
from tests.contracts.races import race
from tests.contracts.stores import Stores
from tests.instants import DAY, MILLISECOND, MINUTE, NOW

STORE = "ended"


@pytest.fixture
def ended(stores: Stores) -> EndedSessions:
    return stores.ended


async def test_at_first_none_has_ended(ended: EndedSessions) -> None:
    assert await ended.since(NOW - DAY) == []


async def test_those_that_ended_then_or_later_are_returned(
    ended: EndedSessions,
) -> None:
    before, then, later = new_id(), new_id(), new_id()
    await ended.add(before, now=NOW - MILLISECOND)
    await ended.add(then, now=NOW)
    await ended.add(later, now=NOW + MINUTE)

    assert set(await ended.since(NOW)) == {then, later}


async def test_the_first_end_counts(ended: EndedSessions) -> None:
    one = new_id()
    await ended.add(one, now=NOW)
    await ended.add(one, now=NOW + DAY)

    assert await ended.since(NOW) == [one]
    assert await ended.since(NOW + MILLISECOND) == []


async def test_many_that_record_one_end_record_it_once(ended: EndedSessions) -> None:
    one = new_id()

    async def add(_: int) -> None:
        await ended.add(one, now=NOW)

    await race(add)

    assert await ended.since(NOW) == [one]


async def test_many_ends_at_once_are_all_recorded(ended: EndedSessions) -> None:
    ids = [new_id() for _ in range(64)]

    async def add(number: int) -> None:
        await ended.add(ids[number], now=NOW)

    await race(add)

    assert set(await ended.since(NOW)) == set(ids)


async def test_old_ones_are_removed(ended: EndedSessions) -> None:
    old, then = new_id(), new_id()
    await ended.add(old, now=NOW - MILLISECOND)
    await ended.add(then, now=NOW)

    assert await ended.purge(before=NOW) == 1
    assert await ended.purge(before=NOW) == 0
    assert await ended.since(NOW - DAY) == [then]


@pytest.mark.long
async def test_at_most_a_thousand_are_removed_at_once(ended: EndedSessions) -> None:
    for _ in range(1001):
        await ended.add(new_id(), now=NOW)

    assert await ended.purge(before=NOW + MILLISECOND) == 1000
    assert await ended.purge(before=NOW + MILLISECOND) == 1

"""The published list: asked of the store seldom, and never older than it says."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from keywright.features.ended_sessions.memory import EndedSessions
from keywright.features.ended_sessions.policy import kept_for
from keywright.features.ended_sessions.service import HELD_FOR, PublishedList
from keywright.features.users.memory import Users
from keywright.shared.errors import StoreUnavailable
from keywright.shared.public_names import public_name
from keywright.shared.secrets import new_id
from tests.features.users.builders import user
from tests.instants import DAY, MILLISECOND, MINUTE, NOW


class Counted(EndedSessions):
    """A store that counts its reads, can be down, and can be kept from answering."""

    def __init__(self) -> None:
        super().__init__()
        self.reads = 0
        self.is_down = False
        self.may_answer = asyncio.Event()
        self.may_answer.set()

    async def since(self, moment: datetime) -> Sequence[UUID]:
        self.reads += 1
        await self.may_answer.wait()
        if self.is_down:
            raise StoreUnavailable
        return await super().since(moment)


@dataclass(slots=True)
class Desk:
    """A list over a store of its own, at a time that stands still."""

    now: datetime = NOW
    store: Counted = field(default_factory=Counted)
    users: Users = field(default_factory=Users)
    published: PublishedList = field(init=False)

    def __post_init__(self) -> None:
        """Publish what tokens of fifteen minutes need."""
        self.published = PublishedList(
            self.store, self.users, longest_life=15 * MINUTE, now=lambda: self.now
        )

    async def names(self) -> list[str]:
        """Return the names in the list."""
        content = json.loads((await self.published.current()).content)
        names: list[str] = content["sessions"]
        return names


@pytest.fixture
async def desk() -> Desk:
    return Desk()


async def test_a_session_is_published_under_its_digest(desk: Desk) -> None:
    one = new_id()
    await desk.store.add(one, now=NOW)

    assert await desk.names() == [public_name(one)]


async def test_a_session_is_published_for_as_long_as_its_tokens_may_be_good(
    desk: Desk,
) -> None:
    await desk.store.add(new_id(), now=NOW)

    desk.now = NOW + kept_for(15 * MINUTE)
    assert len(await desk.names()) == 1
    desk.now += HELD_FOR
    assert await desk.names() == []


async def test_a_raised_epoch_is_published_under_its_users_digest(
    desk: Desk,
) -> None:
    one, other = user(), user()
    for somebody in (one, other):
        await desk.users.add(somebody)
    await desk.users.replace_password(one.id, "new", epoch=0, now=NOW, letter=None)

    content = json.loads((await desk.published.current()).content)

    assert content["users"] == {public_name(one.id): 1}


async def test_within_half_a_second_the_store_is_asked_once(desk: Desk) -> None:
    await desk.names()
    desk.now += HELD_FOR - MILLISECOND
    await desk.names()

    assert desk.store.reads == 1


async def test_after_half_a_second_the_store_is_asked_again(desk: Desk) -> None:
    await desk.names()
    one = new_id()
    await desk.store.add(one, now=desk.now)
    desk.now += HELD_FOR

    assert await desk.names() == [public_name(one)]


async def test_a_clock_that_is_set_back_holds_nothing_for_longer(desk: Desk) -> None:
    await desk.names()
    desk.now -= timedelta(hours=1)
    await desk.names()

    assert desk.store.reads == 2


async def test_a_thousand_readers_at_once_cost_one_read(desk: Desk) -> None:
    desk.store.may_answer.clear()
    readers = [asyncio.create_task(desk.names()) for _ in range(1000)]
    await asyncio.sleep(0)
    desk.store.may_answer.set()
    await asyncio.gather(*readers)

    assert desk.store.reads == 1


async def test_a_reader_that_goes_away_takes_nothing_from_the_others(
    desk: Desk,
) -> None:
    desk.store.may_answer.clear()
    impatient = asyncio.create_task(desk.names())
    patient = asyncio.create_task(desk.names())
    await asyncio.sleep(0)
    impatient.cancel()
    await asyncio.wait([impatient])
    desk.store.may_answer.set()

    assert await patient == []


async def test_an_outage_is_told_and_not_remembered(desk: Desk) -> None:
    desk.store.is_down = True
    with pytest.raises(StoreUnavailable):
        await desk.names()
    desk.store.is_down = False

    assert await desk.names() == []


async def test_a_read_that_is_cancelled_is_begun_anew(desk: Desk) -> None:
    desk.store.may_answer.clear()
    reader = asyncio.create_task(desk.names())
    await asyncio.sleep(0)
    reading = desk.published._reading
    assert reading is not None
    reading.cancel()
    await asyncio.wait([reader])
    desk.store.may_answer.set()

    assert await desk.names() == []


async def test_the_tag_changes_with_the_list_and_only_then(desk: Desk) -> None:
    first = await desk.published.current()
    desk.now += HELD_FOR
    second = await desk.published.current()
    await desk.store.add(new_id(), now=desk.now)
    desk.now += HELD_FOR
    third = await desk.published.current()

    assert first.tag == second.tag != third.tag


async def test_what_is_published_no_more_is_removed(desk: Desk) -> None:
    await desk.store.add(new_id(), now=NOW)

    desk.now = NOW + kept_for(15 * MINUTE)
    assert not await desk.published.purge()
    assert len(await desk.store.since(NOW)) == 1
    desk.now += MILLISECOND
    assert not await desk.published.purge()
    assert await desk.store.since(NOW) == []


async def test_a_full_batch_says_that_there_may_be_more(desk: Desk) -> None:
    for _ in range(1001):
        await desk.store.add(new_id(), now=NOW - DAY)

    assert await desk.published.purge()
    assert not await desk.published.purge()


async def test_two_servers_give_one_list_one_tag(desk: Desk) -> None:
    await desk.store.add(new_id(), now=NOW)
    await desk.store.add(new_id(), now=NOW)
    other = PublishedList(
        desk.store, desk.users, longest_life=15 * MINUTE, now=lambda: NOW
    )

    assert await other.current() == await desk.published.current()

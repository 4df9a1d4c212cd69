"""What points to somebody's keys: kept as long as they live, gone with them."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest
from redis.asyncio import Redis

from keywright.shared.redis import answer, close, open_redis
from keywright.shared.redis_owned import Owned
from keywright.shared.secrets import new_id
from tests.instants import DAY, HOUR, MILLISECOND, MINUTE, NOW
from tests.servers import redis_url


@dataclass(slots=True)
class Scene:
    """Things of one owner, under keys that nobody else has."""

    client: Redis
    prefix: str
    owner: UUID
    owned: Owned

    def key(self, thing: UUID) -> str:
        """Return where *thing* is kept."""
        return f"{self.prefix}:thing:{thing.hex}"

    async def pointed(self) -> UUID:
        """Point to a thing that is not written."""
        thing = new_id()
        await self.owned.add(self.owner, thing, at=NOW, lifetime=DAY)
        return thing

    async def kept(self) -> UUID:
        """Point to a thing and write it."""
        thing = await self.pointed()
        await answer(self.client.set(self.key(thing), "here"))
        return thing

    async def keys(self) -> list[str]:
        """Return the names of all keys, without what they begin with."""
        found = self.client.scan_iter(f"{self.prefix}:*", count=1000)
        return sorted([key.decode().removeprefix(self.prefix) async for key in found])

    async def forget(self) -> None:
        """Forget the owner."""
        await self.owned.forget(self.owner, key_of=self.key)


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    client, prefix = open_redis(redis_url()), f"test-{new_id().hex}"
    yield Scene(client, prefix, new_id(), Owned(client, f"{prefix}:of"))
    async for key in client.scan_iter(f"{prefix}:*"):
        await client.delete(key)
    await close(client)


async def test_what_is_over_leaves_the_open_ones_and_is_still_forgotten(
    scene: Scene,
) -> None:
    opened, over = await scene.kept(), await scene.kept()

    await scene.owned.retire(scene.owner, {over: NOW + DAY}, now=NOW + MINUTE)

    assert await scene.owned.open(scene.owner) == [opened]
    await scene.forget()
    assert await scene.keys() == []


async def test_what_points_to_something_over_lives_no_longer_than_that(
    scene: Scene,
) -> None:
    things = [await scene.kept() for _ in range(2)]
    for hours, thing in enumerate(things, start=1):
        at = NOW + hours * HOUR
        await scene.owned.retire(scene.owner, {thing: at}, now=NOW)

    left = await answer(scene.client.pttl(f"{scene.prefix}:of:{scene.owner.hex}:over"))

    assert 2 * HOUR - MINUTE < left * MILLISECOND <= 2 * HOUR


async def test_what_is_gone_is_not_pointed_to(scene: Scene) -> None:
    first, second = await scene.kept(), await scene.kept()
    await scene.owned.retire(scene.owner, {first: NOW + HOUR}, now=NOW)
    await scene.owned.retire(scene.owner, {second: NOW + 3 * HOUR}, now=NOW + 2 * HOUR)

    over = f"{scene.prefix}:of:{scene.owner.hex}:over"
    assert await answer(scene.client.zrange(over, 0, -1)) == [second.hex.encode()]


async def test_what_went_by_itself_is_pointed_to_by_nothing(scene: Scene) -> None:
    thing = await scene.pointed()

    await scene.owned.retire(scene.owner, {thing: None}, now=NOW + MINUTE)

    assert await scene.keys() == []


async def test_what_is_just_being_written_is_forgotten_the_second_time(
    scene: Scene,
) -> None:
    thing = await scene.pointed()
    await scene.forget()
    await answer(scene.client.set(scene.key(thing), "late"))

    await scene.forget()

    assert await scene.keys() == []


async def test_what_was_never_written_is_pointed_to_for_a_minute(
    scene: Scene,
) -> None:
    thing = await scene.pointed()

    await scene.forget()

    assert await scene.owned.open(scene.owner) == [thing]
    left = await answer(scene.client.pttl(f"{scene.prefix}:of:{scene.owner.hex}"))
    assert timedelta(0) < left * MILLISECOND <= MINUTE


async def test_the_things_of_others_stay(scene: Scene) -> None:
    await scene.kept()
    scene.owner = new_id()
    other = await scene.kept()
    scene.owner = new_id()

    await scene.forget()

    assert f":thing:{other.hex}" in await scene.keys()

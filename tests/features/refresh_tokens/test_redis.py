"""Families in Redis: what a crash between two keys leaves, and how it is repaired."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest
from redis.asyncio import Redis

from keywright.features.ended_sessions.redis import EndedSessions
from keywright.features.outbox.memory import Letters
from keywright.features.outbox.types import Letter
from keywright.features.refresh_tokens.redis import Families
from keywright.features.refresh_tokens.types import RefreshFamily
from keywright.features.sessions.types import EndReason
from keywright.features.users.memory import Users
from keywright.features.users.types import User
from keywright.shared.errors import StoreUnavailable
from keywright.shared.redis import Pointers, answer, close, open_redis
from keywright.shared.secrets import new_id
from tests.features.outbox.builders import letter
from tests.features.refresh_tokens.builders import family, presented, session_of
from tests.features.users.builders import user
from tests.instants import DAY, MILLISECOND, MINUTE, NOW
from tests.servers import redis_url


class Post(Letters):
    """An outbox that can be down."""

    def __init__(self) -> None:
        super().__init__()
        self.is_down = False

    async def put(self, letter: Letter) -> None:
        if self.is_down:
            raise StoreUnavailable
        await super().put(letter)


@dataclass(slots=True)
class Scene:
    """A store whose keys nobody else has, and what it works with."""

    client: Redis
    prefix: str
    users: Users
    post: Post
    families: Families

    async def added(self) -> tuple[RefreshFamily, User]:
        """Add a family, and the user it is of."""
        owner = user()
        await self.users.add(owner)
        row = family(user_id=owner.id)
        await self.families.add(row, session_of(row))
        return row, owner

    async def end(self, row: RefreshFamily, note: Letter | None = None) -> bool:
        """End the session of *row*."""
        return await self.families.end(
            row.id, row.user_id, reason=EndReason.REUSED, now=NOW, letter=note
        )

    async def listed(self, user_id: UUID) -> list[UUID]:
        """Return the ids that the user's index points to."""
        key = f"{self.prefix}:sessions-of:{user_id.hex}"
        return await Pointers(self.client).all(key)

    async def waits(self, row: RefreshFamily) -> bool:
        """Say whether a letter lies in the hash of *row*."""
        key = f"{self.prefix}:session:{row.id.hex}"
        return bool(await answer(self.client.hexists(key, "letter")))

    async def left(self, key: str) -> timedelta:
        """Return how long *key* will be kept."""
        return await answer(self.client.pttl(f"{self.prefix}:{key}")) * MILLISECOND


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    client, prefix = open_redis(redis_url()), f"test-{new_id().hex}"
    post = Post()
    users = Users(post)
    families = Families(client, users, post, prefix)
    yield Scene(client, prefix, users, post, families)
    async for key in client.scan_iter(f"{prefix}:*"):
        await client.delete(key)
    await close(client)


async def test_an_id_without_a_session_is_dropped_after_a_minute(scene: Scene) -> None:
    row, owner = await scene.added()
    await answer(scene.client.delete(f"{scene.prefix}:session:{row.id.hex}"))

    young = NOW + MINUTE - MILLISECOND
    assert not await scene.families.of_user(owner.id, epoch=0, now=young)
    assert await scene.listed(owner.id) == [row.id]
    assert not await scene.families.of_user(owner.id, epoch=0, now=NOW + MINUTE)
    assert await scene.listed(owner.id) == []


async def test_the_id_of_an_ended_session_is_dropped_but_its_family_stays(
    scene: Scene,
) -> None:
    row, owner = await scene.added()
    await scene.end(row)

    await scene.families.of_user(owner.id, epoch=0, now=NOW + MINUTE)

    assert await scene.listed(owner.id) == []
    assert await scene.families.by_id(row.id, owner.id) is not None


async def test_the_id_of_an_expired_session_stays_while_it_may_be_ended(
    scene: Scene,
) -> None:
    row, owner = await scene.added()

    assert not await scene.families.of_user(owner.id, epoch=0, now=NOW + 40 * DAY)
    assert await scene.listed(owner.id) == [row.id]


async def test_a_session_is_kept_a_day_beyond_its_absolute_expiry(
    scene: Scene,
) -> None:
    row, owner = await scene.added()
    await scene.families.rotate(
        presented(row), epoch=0, successor=b"s" * 32, now=NOW, idle_expires_at=NOW
    )
    await scene.end(row)

    for key in (f"session:{row.id.hex}", f"sessions-of:{owner.id.hex}"):
        left = await scene.left(key)
        assert 31 * DAY - MINUTE < left <= 31 * DAY


async def test_while_the_outbox_is_down_the_letter_waits_in_the_session(
    scene: Scene,
) -> None:
    row, _ = await scene.added()
    scene.post.is_down = True

    assert await scene.end(row, letter())
    assert await scene.waits(row)
    assert not scene.post.recorded()


@pytest.mark.parametrize("meeting", ["by_id", "of_user", "purge"])
async def test_whoever_meets_a_letter_hands_it_over_once(
    scene: Scene, meeting: str
) -> None:
    row, owner = await scene.added()
    note = letter()
    scene.post.is_down = True
    await scene.end(row, note)
    scene.post.is_down = False

    for _ in range(2):
        match meeting:
            case "by_id":
                await scene.families.by_id(row.id, owner.id)
            case "of_user":
                await scene.families.of_user(owner.id, epoch=0, now=NOW)
            case _:
                await scene.families.purge(before=NOW)

    assert list(scene.post.recorded()) == [note]
    assert not await scene.waits(row)


async def test_a_letter_is_handed_over_after_its_session_left_the_list(
    scene: Scene,
) -> None:
    row, owner = await scene.added()
    note = letter()
    scene.post.is_down = True
    await scene.end(row, note)
    await scene.families.of_user(owner.id, epoch=0, now=NOW + MINUTE)
    scene.post.is_down = False

    assert await scene.listed(owner.id) == []
    await scene.families.purge(before=NOW + MINUTE)
    assert list(scene.post.recorded()) == [note]


async def test_a_letter_that_still_cannot_be_handed_over_stays(scene: Scene) -> None:
    row, owner = await scene.added()
    note = letter()
    scene.post.is_down = True
    await scene.end(row, note)

    assert await scene.families.by_id(row.id, owner.id) is not None
    await scene.families.purge(before=NOW + DAY)
    scene.post.is_down = False
    await scene.families.purge(before=NOW + DAY)

    assert list(scene.post.recorded()) == [note]


async def test_a_letter_that_lost_leaves_nothing_behind(scene: Scene) -> None:
    row, _ = await scene.added()
    await scene.end(row)
    assert not await scene.end(row, letter())

    pointing = f"{scene.prefix}:sessions-with-letter"
    assert await answer(scene.client.zcard(pointing)) == 0
    assert not scene.post.recorded()


async def test_an_id_without_a_letter_is_dropped(scene: Scene) -> None:
    pointing = f"{scene.prefix}:sessions-with-letter"
    await Pointers(scene.client).add(pointing, new_id(), at=NOW, lifetime=DAY)

    await scene.families.purge(before=NOW + MINUTE)

    assert await answer(scene.client.zcard(pointing)) == 0


async def test_a_session_of_another_user_is_not_announced_as_ended(
    scene: Scene,
) -> None:
    row, _ = await scene.added()
    _, stranger = await scene.added()
    end = scene.families.end

    assert not await end(row.id, stranger.id, reason=EndReason.SIGNED_OUT, now=NOW)

    ended = EndedSessions(scene.client, scene.prefix)
    assert await ended.since(NOW - DAY) == []


async def test_an_outage_of_the_users_is_no_missing_family(scene: Scene) -> None:
    class NoUsers(Users):
        async def by_id(self, user_id: UUID) -> User | None:
            raise StoreUnavailable

    row, owner = await scene.added()
    families = Families(scene.client, NoUsers(), scene.post, scene.prefix)

    with pytest.raises(StoreUnavailable):
        await families.by_id(row.id, owner.id)


async def test_stores_of_different_prefixes_do_not_meet(scene: Scene) -> None:
    row, owner = await scene.added()
    elsewhere = Families(scene.client, scene.users, scene.post, f"{scene.prefix}-b")

    assert await elsewhere.by_id(row.id, owner.id) is None
    assert not await elsewhere.of_user(owner.id, epoch=0, now=NOW)

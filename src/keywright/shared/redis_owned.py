"""Which keys are somebody's: sets of ids that point to them and hold no truth.

An owner has two sets: what is open, which is read often and kept small, and what is
over but stays until it expires, which is read only to remove it before its time.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from redis.asyncio import Redis

from keywright.shared.clock import to_milliseconds
from keywright.shared.redis import UNUSED_AFTER, Pointers, Script, answer

RETIRE = """
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[1])
for at = 2, #ARGV, 2 do
  redis.call('ZADD', KEYS[1], ARGV[at], ARGV[at + 1])
end
local last = redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')[2]
if last then redis.call('PEXPIRE', KEYS[1], last - ARGV[1]) end
return 1
"""


class Owned:
    """The ids of what each owner has, open or over."""

    def __init__(self, client: Redis, name: str) -> None:
        """Keep the sets under *name*."""
        self._client = client
        self._name = name
        self._pointers = Pointers(client)
        self._retire: Script[int] = Script(client, RETIRE)

    async def add(
        self, owner: UUID, pointer: UUID, *, at: datetime, lifetime: timedelta
    ) -> None:
        """Point to what is about to be written *at* that instant."""
        await self._pointers.add(self._open(owner), pointer, at=at, lifetime=lifetime)

    async def open(self, owner: UUID) -> list[UUID]:
        """Return the ids of what is open, oldest first; some may be of no use."""
        return await self._pointers.all(self._open(owner))

    async def retire(
        self, owner: UUID, gone_at: Mapping[UUID, datetime | None], *, now: datetime
    ) -> None:
        """Take from the open ones what is over, and remember until when it stays.

        What is gone already is told by None.
        """
        scores = {
            one: to_milliseconds(at)
            for one, at in gone_at.items()
            if at is not None and at > now
        }
        if scores:
            pairs = [part for one, score in scores.items() for part in (score, one.hex)]
            await self._retire(self._over(owner), to_milliseconds(now), *pairs)
        await self._pointers.drop(self._open(owner), list(gone_at), now=now)

    async def remove(
        self, owner: UUID, pointer: UUID, *, key_of: Callable[[UUID], str]
    ) -> None:
        """Delete the key that *pointer* points to, then the pointer."""
        await answer(self._client.delete(key_of(pointer)))
        await self._pointers.remove(self._open(owner), [pointer])

    async def forget(self, owner: UUID, *, key_of: Callable[[UUID], str]) -> None:
        """Delete every key of *owner*, then what points to them.

        A pointer to nothing stays for a minute, so that to forget again finds what was
        just being written. The open ones are read first: what is retired meanwhile is
        found among the others.
        """
        index = self._open(owner)
        ids = await self._pointers.all(index)
        deleted = [one for one in ids if await answer(self._client.delete(key_of(one)))]
        await self._pointers.remove(index, deleted)
        await answer(self._client.pexpire(index, UNUSED_AFTER))
        over = await self._pointers.all(self._over(owner))
        for one in over:
            await answer(self._client.delete(key_of(one)))
        await self._pointers.remove(self._over(owner), over)

    def _open(self, owner: UUID) -> str:
        return f"{self._name}:{owner.hex}"

    def _over(self, owner: UUID) -> str:
        return f"{self._name}:{owner.hex}:over"

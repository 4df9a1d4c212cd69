"""Ended sessions in Redis or Valkey: one sorted set of ids, by the time of their end.

Other services may follow it directly: its key is `<prefix>:ended-sessions`, its members
are ids in hexadecimal digits, its scores milliseconds since 1970.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import cast
from uuid import UUID

from redis.asyncio import Redis

from keywright.shared.clock import to_milliseconds
from keywright.shared.redis import Script, answer

PURGED_AT_ONCE = 1000

# Of a set without an end of its own the memory is bounded by the purge alone.
PURGE = """
local old = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', '(' .. ARGV[1],
  'LIMIT', 0, ARGV[2])
if #old > 0 then redis.call('ZREM', KEYS[1], unpack(old)) end
return #old
"""


class EndedSessions:
    """Ended sessions by id."""

    def __init__(self, client: Redis, prefix: str = "auth") -> None:
        self._client = client
        self._key = f"{prefix}:ended-sessions"
        self._purge: Script[int] = Script(client, PURGE)

    async def add(self, session_id: UUID, *, now: datetime) -> None:
        at = {session_id.hex: to_milliseconds(now)}
        await answer(self._client.zadd(self._key, at, nx=True))

    async def since(self, moment: datetime) -> Sequence[UUID]:
        members = await answer(
            self._client.zrangebyscore(self._key, to_milliseconds(moment), "+inf")
        )
        # The client decodes nothing.
        return [UUID(hex=member.decode()) for member in cast("list[bytes]", members)]

    async def purge(self, *, before: datetime) -> int:
        return await self._purge(self._key, to_milliseconds(before), PURGED_AT_ONCE)

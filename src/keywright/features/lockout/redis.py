"""Failures in Redis or Valkey: one hash per key."""

from datetime import datetime, timedelta

from redis.asyncio import Redis

from keywright.features.lockout.types import Failures
from keywright.shared.clock import from_milliseconds, to_milliseconds
from keywright.shared.redis import Script, answer

MILLISECOND = timedelta(milliseconds=1)
RETENTION = timedelta(days=90)

COUNT = """
local kept = redis.call('HMGET', KEYS[1], 'recent', 'total', 'at')
local recent, total, at = tonumber(kept[1] or 0), tonumber(kept[2] or 0), kept[3]
if not at or tonumber(ARGV[1]) - tonumber(at) >= tonumber(ARGV[2]) then recent = 0 end
recent, total = recent + 1, total + 1
redis.call('HSET', KEYS[1], 'recent', recent, 'total', total, 'at', ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return {recent, total, tonumber(at or -1)}
"""

FORGIVE = """
for _, name in ipairs({'recent', 'total'}) do
  if tonumber(redis.call('HGET', KEYS[1], name) or 0) > 0 then
    redis.call('HINCRBY', KEYS[1], name, -1)
  end
end
return 0
"""


class FailureCounts:
    """Tries by key; a key goes by itself *retention* after its last try."""

    def __init__(
        self, client: Redis, prefix: str = "auth", retention: timedelta = RETENTION
    ) -> None:
        self._client = client
        self._prefix = prefix
        self._retention = retention // MILLISECOND
        self._count: Script[list[int]] = Script(client, COUNT)
        self._forgive: Script[int] = Script(client, FORGIVE)

    async def count(self, key: bytes, *, window: timedelta, now: datetime) -> Failures:
        recent, total, at = await self._count(
            self._name(key),
            to_milliseconds(now),
            window // MILLISECOND,
            self._retention,
        )
        return Failures(recent, total, from_milliseconds(at) if at >= 0 else None)

    async def forgive(self, key: bytes) -> None:
        await self._forgive(self._name(key))

    async def clear(self, key: bytes) -> None:
        await answer(self._client.delete(self._name(key)))

    async def purge(self, *, before: datetime) -> int:  # noqa: ARG002 - nothing is left
        return 0

    def _name(self, key: bytes) -> str:
        return f"{self._prefix}:failures:{key.hex()}"

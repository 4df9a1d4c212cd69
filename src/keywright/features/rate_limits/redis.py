"""Limits in Redis or Valkey, shared by all processes."""

from datetime import datetime, timedelta

from redis.asyncio import Redis

from keywright.features.rate_limits.types import Limit
from keywright.shared.clock import EPOCH
from keywright.shared.redis import Script

MICROSECOND = timedelta(microseconds=1)

HIT = """
local now, interval = tonumber(ARGV[1]), tonumber(ARGV[2])
local free_at = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), now)
local wait = free_at - now - interval * (tonumber(ARGV[3]) - 1)
if wait > 0 then return wait end
free_at = free_at + interval
local lifetime = math.ceil((free_at - now) / 1000) + 60000
redis.call('SET', KEYS[1], string.format('%.0f', free_at), 'PX', lifetime)
return 0
"""
"""GCRA: the key holds when all its acts have come free, in microseconds."""


class Limiter:
    """Counts by GCRA; a key goes by itself a minute after it is free."""

    def __init__(self, client: Redis, prefix: str = "auth") -> None:
        self._prefix = prefix
        self._hit: Script[int] = Script(client, HIT)

    async def hit(self, key: bytes, limit: Limit, *, now: datetime) -> timedelta | None:
        wait = await self._hit(
            f"{self._prefix}:limit:{limit.name}:{key.hex()}",
            (now - EPOCH) // MICROSECOND,
            limit.interval // MICROSECOND,
            limit.count,
        )
        return wait * MICROSECOND if wait else None

    async def purge(self, *, before: datetime) -> int:  # noqa: ARG002 - nothing is left
        return 0

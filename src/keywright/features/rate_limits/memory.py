"""Limits of one process.

Enough where a single process serves. Several would each allow the whole limit.
"""

from collections import OrderedDict
from datetime import datetime, timedelta

from keywright.features.rate_limits.types import Limit

MOST_KEYS = 100_000
LOOKED_AT = 2


class Limiter:
    """Counts by GCRA: per key the instant at which all its acts have come free.

    Each new key looks at the two oldest ones and drops those that are free. Beyond
    *most* keys it also drops the one of the two that has less to wait: of a flood of
    new keys the flood's own go first, and memory stays bounded.
    """

    def __init__(self, most: int = MOST_KEYS) -> None:
        self._most = most
        self._free_at: OrderedDict[tuple[str, bytes], datetime] = OrderedDict()

    async def hit(self, key: bytes, limit: Limit, *, now: datetime) -> timedelta | None:
        named = (limit.name, key)
        interval = limit.interval
        free_at = self._free_at.get(named)
        if free_at is None:
            self._make_room(now)
            free_at = now
        elif free_at < now:
            free_at = now
        wait = free_at - now - interval * (limit.count - 1)
        if wait > timedelta(0):
            return wait
        self._free_at[named] = free_at + interval
        return None

    async def purge(self, *, before: datetime) -> int:
        free = [key for key, free_at in self._free_at.items() if free_at < before]
        for key in free:
            del self._free_at[key]
        return len(free)

    def _make_room(self, now: datetime) -> None:
        if len(self._free_at) < LOOKED_AT:
            return
        sooner, later = self._oldest(), self._oldest()
        if later[1] < sooner[1]:
            sooner, later = later, sooner
        if sooner[1] > now and len(self._free_at) + LOOKED_AT < self._most:
            self._free_at[sooner[0]] = sooner[1]
        if later[1] > now:
            self._free_at[later[0]] = later[1]

    def _oldest(self) -> tuple[tuple[str, bytes], datetime]:
        return self._free_at.popitem(last=False)

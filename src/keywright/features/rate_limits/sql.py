"""Limits in a SQL database, shared by all servers."""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, case, insert, select, update
from sqlalchemy.exc import IntegrityError

from keywright.features.rate_limits.models import RateLimitRow
from keywright.features.rate_limits.types import Limit
from keywright.shared.clock import EPOCH
from keywright.shared.errors import StoreUnavailable
from keywright.shared.sql import Database
from keywright.shared.tables import table_of

TRIES = 10
"""How often a hit is tried whose row comes and goes meanwhile."""

MICROSECOND = timedelta(microseconds=1)

_limits = table_of(RateLimitRow)
_c = _limits.c
_hit = (_c.key == bindparam("hit_key"), _c.name == bindparam("limit_name"))

_COUNT = (
    update(_limits)
    .where(*_hit, _c.free_at <= bindparam("latest"))
    .values(
        free_at=bindparam("interval")
        + case((_c.free_at > bindparam("now"), _c.free_at), else_=bindparam("now"))
    )
)
_READ = select(_c.free_at).where(*_hit)
_INSERT = insert(_limits)


class Limiter:
    """Counts by GCRA."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def hit(self, key: bytes, limit: Limit, *, now: datetime) -> timedelta | None:
        row = {"hit_key": key, "limit_name": limit.name}
        at = (now - EPOCH) // MICROSECOND
        interval = limit.interval // MICROSECOND
        latest = at + interval * (limit.count - 1)
        count = {**row, "now": at, "interval": interval, "latest": latest}
        for _ in range(TRIES):
            if await self._db.run(_COUNT, count):
                return None
            found = await self._db.first(_READ, row)
            if found is None:
                if await self._first(key, limit, at + interval):
                    return None
            elif found[_c.free_at] > latest:
                wait: timedelta = (found[_c.free_at] - latest) * MICROSECOND
                return wait
        raise StoreUnavailable

    async def purge(self, *, before: datetime) -> int:
        free = _c.free_at < (before - EPOCH) // MICROSECOND
        return await self._db.purge(_c.key, free)

    async def _first(self, key: bytes, limit: Limit, free_at: int) -> bool:
        values = {"key": key, "name": limit.name, "free_at": free_at}
        try:
            await self._db.run(_INSERT, values)
        except IntegrityError:
            return False
        return True

"""Failures in a SQL database."""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, case, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from keywright.features.lockout.models import FailuresRow
from keywright.features.lockout.types import Failures
from keywright.shared.errors import StoreUnavailable
from keywright.shared.sql import Database
from keywright.shared.tables import table_of

TRIES = 10
"""How often a count is tried whose row comes and goes meanwhile."""

_failures = table_of(FailuresRow)
_c = _failures.c
_keyed = _c.key == bindparam("counted_key")

# MySQL assigns from left to right: what reads *last_at* has to come before it.
_COUNT = (
    update(_failures)
    .where(_keyed)
    .ordered_values(
        (_c.recent, case((_c.last_at <= bindparam("pause"), 1), else_=_c.recent + 1)),
        (_c.total, _c.total + 1),
        (_c.previous_at, _c.last_at),
        (_c.last_at, bindparam("now")),
    )
)
_READ = select(_failures).where(_keyed)
_INSERT = insert(_failures)
_FORGIVE = (
    update(_failures)
    .where(_keyed)
    .values(
        recent=case((_c.recent > 0, _c.recent - 1), else_=0),
        total=case((_c.total > 0, _c.total - 1), else_=0),
    )
)
_CLEAR = delete(_failures).where(_keyed)


class FailureCounts:
    """Tries by key."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def count(self, key: bytes, *, window: timedelta, now: datetime) -> Failures:
        for _ in range(TRIES):
            counted = await self._again(key, window=window, now=now)
            if counted is not None:
                return counted
            if await self._first(key, now):
                return Failures(recent=1, total=1, previous_at=None)
        raise StoreUnavailable

    async def forgive(self, key: bytes) -> None:
        await self._db.run(_FORGIVE, {"counted_key": key})

    async def clear(self, key: bytes) -> None:
        await self._db.run(_CLEAR, {"counted_key": key})

    async def purge(self, *, before: datetime) -> int:
        return await self._db.purge(_c.key, _c.last_at < before)

    async def _again(
        self, key: bytes, *, window: timedelta, now: datetime
    ) -> Failures | None:
        values = {"counted_key": key, "pause": now - window, "now": now}
        async with self._db.transaction() as tx:
            if not await tx.run(_COUNT, values):
                return None
            row = await tx.first(_READ, {"counted_key": key})
        if row is None:
            return None
        return Failures(row[_c.recent], row[_c.total], row[_c.previous_at])

    async def _first(self, key: bytes, now: datetime) -> bool:
        values = {
            "key": key,
            "recent": 1,
            "total": 1,
            "previous_at": None,
            "last_at": now,
        }
        try:
            await self._db.run(_INSERT, values)
        except IntegrityError:
            return False
        return True

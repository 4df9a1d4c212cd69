"""Limits in MongoDB, shared by all servers."""

from datetime import datetime, timedelta

from pymongo.errors import DuplicateKeyError

from keywright.features.rate_limits.documents import RATE_LIMITS
from keywright.features.rate_limits.types import Limit
from keywright.shared.clock import EPOCH
from keywright.shared.errors import StoreUnavailable
from keywright.shared.mongo import Fields, MongoDatabase, purge

TRIES = 10
"""How often a hit is tried whose document comes and goes meanwhile."""

MICROSECOND = timedelta(microseconds=1)


class Limiter:
    """Counts by GCRA: per key the instant, in microseconds, at which it is free."""

    def __init__(self, db: MongoDatabase) -> None:
        self._db = db
        self._limits = db.collection(RATE_LIMITS)

    async def hit(self, key: bytes, limit: Limit, *, now: datetime) -> timedelta | None:
        named = {"key": key, "name": limit.name}
        at = (now - EPOCH) // MICROSECOND
        interval = limit.interval // MICROSECOND
        latest = at + interval * (limit.count - 1)
        free_at = {"$add": [{"$max": ["$free_at", at]}, interval]}
        for _ in range(TRIES):
            counted = await self._db.run(
                self._limits.update_one(
                    {"_id": named, "free_at": {"$lte": latest}},
                    [{"$set": {"free_at": free_at, "free_date": now + limit.period}}],
                )
            )
            if counted.matched_count:
                return None
            found = await self._db.run(self._limits.find_one({"_id": named}))
            if found is None:
                first = {"free_at": at + interval, "free_date": now + limit.period}
                if await self._add({"_id": named, **first}):
                    return None
            elif found["free_at"] > latest:
                wait: timedelta = (found["free_at"] - latest) * MICROSECOND
                return wait
        raise StoreUnavailable

    async def purge(self, *, before: datetime) -> int:
        free = (before - EPOCH) // MICROSECOND
        return await purge(self._db, RATE_LIMITS, {"free_at": {"$lt": free}})

    async def _add(self, document: Fields) -> bool:
        try:
            await self._db.run(self._limits.insert_one(document))
        except DuplicateKeyError:
            return False
        return True

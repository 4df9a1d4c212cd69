"""Failures in MongoDB."""

from datetime import datetime, timedelta

from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from keywright.features.lockout.documents import FAILURES
from keywright.features.lockout.types import Failures
from keywright.shared.errors import StoreUnavailable
from keywright.shared.mongo import Fields, MongoDatabase, purge

TRIES = 10
"""How often a count is tried whose document another server is just adding."""


def _one_less(member: str) -> Fields:
    return {"$max": [0, {"$subtract": [f"${member}", 1]}]}


class FailureCounts:
    """Tries by key."""

    def __init__(self, db: MongoDatabase) -> None:
        self._db = db
        self._failures = db.collection(FAILURES)

    async def count(self, key: bytes, *, window: timedelta, now: datetime) -> Failures:
        is_over = {"$lte": [{"$ifNull": ["$last_at", now - window]}, now - window]}
        again = {"$add": [{"$ifNull": ["$recent", 0]}, 1]}
        counted = {
            "previous_at": {"$ifNull": ["$last_at", None]},
            "recent": {"$cond": [is_over, 1, again]},
            "total": {"$add": [{"$ifNull": ["$total", 0]}, 1]},
            "last_at": now,
        }
        for _ in range(TRIES):
            try:
                found = await self._db.run(
                    self._failures.find_one_and_update(
                        {"_id": key},
                        [{"$set": counted}],
                        upsert=True,
                        return_document=ReturnDocument.AFTER,
                    )
                )
            except DuplicateKeyError:
                continue
            if found is not None:
                return Failures(found["recent"], found["total"], found["previous_at"])
        raise StoreUnavailable

    async def forgive(self, key: bytes) -> None:
        less = {"recent": _one_less("recent"), "total": _one_less("total")}
        await self._db.run(self._failures.update_one({"_id": key}, [{"$set": less}]))

    async def clear(self, key: bytes) -> None:
        await self._db.run(self._failures.delete_one({"_id": key}))

    async def purge(self, *, before: datetime) -> int:
        return await purge(self._db, FAILURES, {"last_at": {"$lt": before}})

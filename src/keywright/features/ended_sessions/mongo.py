"""Ended sessions in MongoDB."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from uuid import UUID

from pymongo.errors import DuplicateKeyError

from keywright.features.ended_sessions.documents import ENDED_SESSIONS
from keywright.shared.mongo import MongoDatabase, purge


class EndedSessions:
    """Ended sessions by id."""

    def __init__(self, db: MongoDatabase) -> None:
        self._db = db
        self._ended = db.collection(ENDED_SESSIONS)

    async def add(self, session_id: UUID, *, now: datetime) -> None:
        with suppress(DuplicateKeyError):
            fields = {"_id": session_id, "ended_at": now}
            await self._db.run(self._ended.insert_one(fields))

    async def since(self, moment: datetime) -> Sequence[UUID]:
        found = self._ended.find({"ended_at": {"$gte": moment}}, {"_id": 1})
        return [one["_id"] for one in await self._db.run(found.to_list())]

    async def purge(self, *, before: datetime) -> int:
        condition = {"ended_at": {"$lt": before}}
        return await purge(self._db, ENDED_SESSIONS, condition)

"""Audit entries in MongoDB."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from pymongo.errors import DuplicateKeyError

from keywright.features.audit.documents import AUDIT_EVENTS
from keywright.features.audit.types import AuditEntry
from keywright.shared.mongo import Fields, MongoDatabase, purge


class AuditLog:
    """Audit entries, newest first."""

    def __init__(self, db: MongoDatabase) -> None:
        self._db = db
        self._entries = db.collection(AUDIT_EVENTS)

    async def add(self, entry: AuditEntry) -> None:
        try:
            await self._db.run(self._entries.insert_one(_fields(entry)))
        except DuplicateKeyError:
            return

    async def newest(
        self,
        *,
        user_id: UUID | None = None,
        event: str | None = None,
        before: datetime | None = None,
        most: int = 100,
    ) -> Sequence[AuditEntry]:
        condition: Fields = {}
        if user_id is not None:
            condition["user_id"] = user_id
        if event is not None:
            condition["event"] = event
        if before is not None:
            condition["at"] = {"$lt": before}
        found = self._entries.find(condition).sort([("at", -1), ("_id", -1)])
        entries = await self._db.run(found.limit(most).to_list())
        return [_entry(one) for one in entries]

    async def purge(self, *, before: datetime) -> int:
        return await purge(self._db, AUDIT_EVENTS, {"at": {"$lt": before}})


def _fields(entry: AuditEntry) -> Fields:
    return {
        "_id": entry.id,
        "at": entry.at,
        "event": entry.event,
        "user_id": entry.user_id,
        "session": entry.session,
        "address": entry.address,
        "request_id": entry.request_id,
        "details": dict(entry.details),
    }


def _entry(found: Mapping[str, Any]) -> AuditEntry:
    return AuditEntry(
        id=found["_id"],
        at=found["at"],
        event=found["event"],
        user_id=found["user_id"],
        session=found["session"],
        address=found["address"],
        request_id=found["request_id"],
        details=found["details"],
    )

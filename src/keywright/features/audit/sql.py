"""Audit entries in a SQL database."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from keywright.features.audit.models import AuditEntryRow
from keywright.features.audit.types import AuditEntry
from keywright.shared.sql import Database, Row
from keywright.shared.tables import table_of

_entries = table_of(AuditEntryRow)
_c = _entries.c

_INSERT = insert(_entries)


class AuditLog:
    """Audit entries by id."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def add(self, entry: AuditEntry) -> None:
        try:
            await self._db.run(_INSERT, _values(entry))
        except IntegrityError:
            if await self._db.first(select(_c.id).where(_c.id == entry.id)) is None:
                raise

    async def newest(
        self,
        *,
        user_id: UUID | None = None,
        event: str | None = None,
        before: datetime | None = None,
        most: int = 100,
    ) -> Sequence[AuditEntry]:
        found = select(_entries).order_by(_c.at.desc(), _c.id.desc()).limit(most)
        if user_id is not None:
            found = found.where(_c.user_id == user_id)
        if event is not None:
            found = found.where(_c.event == event)
        if before is not None:
            found = found.where(_c.at < before)
        return [_entry(row) for row in await self._db.all(found)]

    async def purge(self, *, before: datetime) -> int:
        return await self._db.purge(_c.id, _c.at < before)


def _values(entry: AuditEntry) -> Mapping[str, object]:
    return {
        "id": entry.id,
        "at": entry.at,
        "event": entry.event,
        "user_id": entry.user_id,
        "session": entry.session,
        "address": entry.address,
        "request_id": entry.request_id,
        "details": dict(entry.details),
    }


def _entry(row: Row) -> AuditEntry:
    return AuditEntry(
        id=row[_c.id],
        at=row[_c.at],
        event=row[_c.event],
        user_id=row[_c.user_id],
        session=row[_c.session],
        address=row[_c.address],
        request_id=row[_c.request_id],
        details=row[_c.details],
    )

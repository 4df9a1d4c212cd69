"""Audit entries in this process's memory: nothing survives it, so for tests only."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from keywright.features.audit.types import AuditEntry

PURGED_AT_ONCE = 1000


class AuditLog:
    """Audit entries by id."""

    def __init__(self) -> None:
        self._entries: dict[UUID, AuditEntry] = {}

    async def add(self, entry: AuditEntry) -> None:
        self._entries.setdefault(entry.id, entry)

    async def newest(
        self,
        *,
        user_id: UUID | None = None,
        event: str | None = None,
        before: datetime | None = None,
        most: int = 100,
    ) -> Sequence[AuditEntry]:
        found = [
            entry
            for entry in self._entries.values()
            if (user_id is None or entry.user_id == user_id)
            and (event is None or entry.event == event)
            and (before is None or entry.at < before)
        ]
        found.sort(key=lambda entry: (entry.at, entry.id), reverse=True)
        return found[:most]

    async def purge(self, *, before: datetime) -> int:
        old = [entry.id for entry in self._entries.values() if entry.at < before]
        for entry_id in old[:PURGED_AT_ONCE]:
            del self._entries[entry_id]
        return len(old[:PURGED_AT_ONCE])

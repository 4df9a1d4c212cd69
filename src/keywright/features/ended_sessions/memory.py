"""Ended sessions in this process's memory: nothing survives it, so for tests only."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

PURGED_AT_ONCE = 1000


class EndedSessions:
    """Ended sessions by id."""

    def __init__(self) -> None:
        self._ended_at: dict[UUID, datetime] = {}

    async def add(self, session_id: UUID, *, now: datetime) -> None:
        self._ended_at.setdefault(session_id, now)

    async def since(self, moment: datetime) -> Sequence[UUID]:
        return [one for one, at in self._ended_at.items() if at >= moment]

    async def purge(self, *, before: datetime) -> int:
        old = [one for one, at in self._ended_at.items() if at < before]
        for session_id in old[:PURGED_AT_ONCE]:
            del self._ended_at[session_id]
        return len(old[:PURGED_AT_ONCE])

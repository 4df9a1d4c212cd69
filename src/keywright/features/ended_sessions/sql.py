"""Ended sessions in a SQL database."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, insert, select
from sqlalchemy.exc import IntegrityError

from keywright.features.ended_sessions.models import EndedSessionRow
from keywright.shared.sql import Database, Transaction
from keywright.shared.tables import table_of

_ended = table_of(EndedSessionRow)
_c = _ended.c

_INSERT = insert(_ended)
_SINCE = select(_c.id).where(_c.ended_at >= bindparam("moment"))


async def record(tx: Transaction, session_id: UUID, *, now: datetime) -> None:
    """Record the end of a session in the step that ends it, which happens once."""
    await tx.run(_INSERT, {"id": session_id, "ended_at": now})


class EndedSessions:
    """Ended sessions by id."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def add(self, session_id: UUID, *, now: datetime) -> None:
        with suppress(IntegrityError):
            await self._db.run(_INSERT, {"id": session_id, "ended_at": now})

    async def since(self, moment: datetime) -> Sequence[UUID]:
        rows = await self._db.all(_SINCE, {"moment": moment})
        return [row[_c.id] for row in rows]

    async def purge(self, *, before: datetime) -> int:
        return await self._db.purge(_c.id, _c.ended_at < before)

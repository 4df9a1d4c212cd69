"""Sessions in a SQL database, whatever else a session has: one row each."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, delete, insert, select, update

from keywright.features.outbox.sql import change
from keywright.features.outbox.types import Letter
from keywright.features.sessions.models import SessionRow
from keywright.features.sessions.types import Device, EndReason, Session
from keywright.shared.sql import Database, Row
from keywright.shared.tables import table_of

sessions = table_of(SessionRow)
_c = sessions.c

INSERT = insert(sessions)
END = (
    update(sessions)
    .where(
        _c.id == bindparam("session"),
        _c.user_id == bindparam("user"),
        _c.revoked_at.is_(None),
    )
    .values(revoked_at=bindparam("now"), revoked_reason=bindparam("reason"))
)
# What refers to them goes with them.
_FORGET = delete(sessions).where(_c.user_id == bindparam("user"))
_OPEN = select(_c.id).where(_c.user_id == bindparam("user"), _c.revoked_at.is_(None))
_LIVE = (
    select(sessions)
    .where(
        _c.user_id == bindparam("user"),
        _c.epoch == bindparam("expected"),
        _c.revoked_at.is_(None),
        _c.idle_expires_at > bindparam("now"),
        _c.expires_at > bindparam("now"),
    )
    .order_by(_c.created_at.desc(), _c.id.desc())
)


class OpenSessions:
    """Sessions, one row each."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def of_user(
        self, user_id: UUID, *, epoch: int, now: datetime
    ) -> Sequence[Session]:
        values = {"user": user_id, "expected": epoch, "now": now}
        return [session_of(row) for row in await self._db.all(_LIVE, values)]

    async def end(
        self,
        session_id: UUID,
        user_id: UUID,
        *,
        reason: EndReason,
        now: datetime,
        letter: Letter | None = None,
    ) -> bool:
        values = {"session": session_id, "user": user_id, "reason": reason, "now": now}
        return await change(self._db, END, values, letter=letter)

    async def end_others(
        self, user_id: UUID, *, keep: UUID | None, reason: EndReason, now: datetime
    ) -> int:
        rows = await self._db.all(_OPEN, {"user": user_id})
        others = [row[_c.id] for row in rows if row[_c.id] != keep]
        ended = [await self.end(one, user_id, reason=reason, now=now) for one in others]
        return sum(ended)

    async def forget(self, user_id: UUID) -> None:
        await self._db.run(_FORGET, {"user": user_id})

    async def purge(self, *, before: datetime) -> int:
        return await self._db.purge(_c.id, _c.expires_at < before)


def values_of(session: Session) -> Mapping[str, object]:
    """Return the columns of *session*."""
    return {
        "id": session.id,
        "user_id": session.user_id,
        "user_agent": session.device.user_agent,
        "address": session.device.address,
        "amr": " ".join(session.amr),
        "epoch": session.epoch,
        "created_at": session.created_at,
        "last_seen_at": session.last_seen_at,
        "idle_expires_at": session.idle_expires_at,
        "expires_at": session.expires_at,
        "revoked_at": session.revoked_at,
        "revoked_reason": session.revoked_reason,
    }


def session_of(row: Row) -> Session:
    """Return the session in a row."""
    reason = row[_c.revoked_reason]
    return Session(
        id=row[_c.id],
        user_id=row[_c.user_id],
        device=Device(row[_c.user_agent], row[_c.address]),
        epoch=row[_c.epoch],
        amr=tuple(row[_c.amr].split()),
        created_at=row[_c.created_at],
        last_seen_at=row[_c.last_seen_at],
        idle_expires_at=row[_c.idle_expires_at],
        expires_at=row[_c.expires_at],
        revoked_at=row[_c.revoked_at],
        revoked_reason=EndReason(reason) if reason else None,
    )

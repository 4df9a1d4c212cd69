"""Sessions in a SQL database."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import RowMapping, bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from keywright.features.opaque_sessions.types import PresentedSession
from keywright.features.outbox.sql import record
from keywright.features.outbox.types import Letter
from keywright.features.sessions.errors import SessionEnded
from keywright.features.sessions.models import SessionRow
from keywright.features.sessions.types import Device, EndReason, Session
from keywright.features.users.sql import user_of, users
from keywright.features.users.types import User
from keywright.shared.sql import Database
from keywright.shared.tables import table_of

_sessions = table_of(SessionRow)
_s = _sessions.c

_INSERT = insert(_sessions)
_BY_TOKEN = (
    select(_sessions, users)
    .join_from(_sessions, users, _s.user_id == users.c.id)
    .where(
        _s.id == bindparam("session"),
        _s.user_id == bindparam("user"),
        _s.digest == bindparam("presented"),
    )
)
_EXTEND = (
    update(_sessions)
    .where(
        _s.id == bindparam("session"),
        _s.revoked_at.is_(None),
        _s.idle_expires_at > bindparam("now"),
        _s.expires_at > bindparam("now"),
        _s.last_seen_at < bindparam("now"),
    )
    .values(last_seen_at=bindparam("now"), idle_expires_at=bindparam("idle_until"))
)
_LIVE = (
    select(_sessions)
    .where(
        _s.user_id == bindparam("user"),
        _s.epoch == bindparam("expected"),
        _s.revoked_at.is_(None),
        _s.idle_expires_at > bindparam("now"),
        _s.expires_at > bindparam("now"),
    )
    .order_by(_s.created_at.desc(), _s.id.desc())
)
_END = (
    update(_sessions)
    .where(
        _s.id == bindparam("session"),
        _s.user_id == bindparam("user"),
        _s.revoked_at.is_(None),
    )
    .values(revoked_at=bindparam("now"), revoked_reason=bindparam("reason"))
)
_FORGET = delete(_sessions).where(_s.user_id == bindparam("user"))
_OPEN = select(_s.id).where(_s.user_id == bindparam("user"), _s.revoked_at.is_(None))


class Sessions:
    """Sessions, one row each."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def add(self, session: Session, digest: bytes) -> None:
        try:
            await self._db.run(_INSERT, {**_values(session), "digest": digest})
        except IntegrityError:
            raise SessionEnded from None

    async def by_token(
        self, presented: PresentedSession
    ) -> tuple[Session, User] | None:
        values = {
            "session": presented.session_id,
            "user": presented.user_id,
            "presented": presented.digest,
        }
        row = await self._db.first(_BY_TOKEN, values)
        return None if row is None else (_session(row), user_of(row))

    async def extend(
        self, session_id: UUID, *, seen_at: datetime, idle_expires_at: datetime
    ) -> bool:
        values = {
            "session": session_id,
            "now": seen_at,
            "idle_until": idle_expires_at,
        }
        return await self._db.run(_EXTEND, values) == 1

    async def of_user(
        self, user_id: UUID, *, epoch: int, now: datetime
    ) -> Sequence[Session]:
        values = {"user": user_id, "expected": epoch, "now": now}
        return [_session(row) for row in await self._db.all(_LIVE, values)]

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
        if letter is None:
            return await self._db.run(_END, values) == 1
        async with self._db.transaction() as tx:
            ended = await tx.run(_END, values) == 1
            if ended:
                await record(tx, letter)
        return ended

    async def end_others(
        self, user_id: UUID, *, keep: UUID | None, reason: EndReason, now: datetime
    ) -> int:
        rows = await self._db.all(_OPEN, {"user": user_id})
        others = [row[_s.id] for row in rows if row[_s.id] != keep]
        ended = [await self.end(one, user_id, reason=reason, now=now) for one in others]
        return sum(ended)

    async def forget(self, user_id: UUID) -> None:
        await self._db.run(_FORGET, {"user": user_id})

    async def purge(self, *, before: datetime) -> int:
        return await self._db.purge(_s.id, _s.expires_at < before)


def _values(session: Session) -> Mapping[str, object]:
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


def _session(row: RowMapping) -> Session:
    reason = row[_s.revoked_reason]
    return Session(
        id=row[_s.id],
        user_id=row[_s.user_id],
        device=Device(row[_s.user_agent], row[_s.address]),
        epoch=row[_s.epoch],
        amr=tuple(row[_s.amr].split()),
        created_at=row[_s.created_at],
        last_seen_at=row[_s.last_seen_at],
        idle_expires_at=row[_s.idle_expires_at],
        expires_at=row[_s.expires_at],
        revoked_at=row[_s.revoked_at],
        revoked_reason=EndReason(reason) if reason else None,
    )

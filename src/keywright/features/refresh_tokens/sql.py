"""Families and their sessions in a SQL database."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from keywright.features.ended_sessions.sql import EndedSessions
from keywright.features.ended_sessions.sql import record as record_end
from keywright.features.outbox.sql import record
from keywright.features.outbox.types import Letter
from keywright.features.refresh_tokens.models import RefreshFamilyRow
from keywright.features.refresh_tokens.types import Presented, RefreshFamily
from keywright.features.sessions.errors import SessionEnded
from keywright.features.sessions.sql import (
    END,
    OpenSessions,
    session_of,
    sessions,
    values_of,
)
from keywright.features.sessions.sql import INSERT as INSERT_SESSION
from keywright.features.sessions.types import EndReason, Session
from keywright.features.users.sql import user_of, users
from keywright.features.users.types import User
from keywright.shared.sql import Database, Hot, Row
from keywright.shared.tables import table_of

_families = table_of(RefreshFamilyRow)
_f = _families.c
_s = sessions.c

_INSERT = insert(_families)
_BY_ID = Hot(
    select(_families, users)
    .join_from(_families, users, _f.user_id == users.c.id)
    .where(_f.id == bindparam("session"), _f.user_id == bindparam("user"))
)
# MySQL assigns from left to right: the current digest has to be read first.
_ROTATE = Hot(
    update(_families)
    .where(
        _f.id == bindparam("session"),
        _f.user_id == bindparam("user"),
        _f.current_digest == bindparam("presented"),
        _f.epoch == bindparam("expected"),
        _f.revoked_at.is_(None),
        _f.idle_expires_at > bindparam("now"),
        _f.expires_at > bindparam("now"),
    )
    .ordered_values(
        (_f.previous_digest, _f.current_digest),
        (_f.current_digest, bindparam("successor")),
        (_f.rotated_at, bindparam("now")),
        (_f.idle_expires_at, bindparam("idle_until")),
    )
)
_LIVE = (
    select(
        sessions,
        _f.rotated_at,
        _f.idle_expires_at.label("family_idle_expires_at"),
    )
    .join_from(sessions, _families, _s.id == _f.id)
    .where(
        _s.user_id == bindparam("user"),
        _s.epoch == bindparam("expected"),
        _s.revoked_at.is_(None),
        _s.expires_at > bindparam("now"),
        _f.idle_expires_at > bindparam("now"),
    )
    .order_by(_s.created_at.desc(), _s.id.desc())
)
_END = (
    update(_families)
    .where(
        _f.id == bindparam("session"),
        _f.user_id == bindparam("user"),
        _f.revoked_at.is_(None),
    )
    .values(revoked_at=bindparam("now"), revoked_reason=bindparam("reason"))
)


class Families(OpenSessions):
    """Families and sessions: two rows of one id, added and ended together."""

    def __init__(self, db: Database) -> None:
        super().__init__(db)
        self.ended = EndedSessions(db)

    async def add(self, family: RefreshFamily, session: Session) -> None:
        try:
            async with self._db.transaction() as tx:
                await tx.run(INSERT_SESSION, values_of(session))
                await tx.run(_INSERT, _values(family))
        except IntegrityError:
            raise SessionEnded from None

    async def by_id(
        self, family_id: UUID, user_id: UUID
    ) -> tuple[RefreshFamily, User] | None:
        row = await self._db.first(_BY_ID, {"session": family_id, "user": user_id})
        return None if row is None else (_family(row), user_of(row))

    async def rotate(
        self,
        presented: Presented,
        *,
        epoch: int,
        successor: bytes,
        now: datetime,
        idle_expires_at: datetime,
    ) -> bool:
        values = {
            "session": presented.family_id,
            "user": presented.user_id,
            "presented": presented.digest,
            "expected": epoch,
            "now": now,
            "successor": successor,
            "idle_until": idle_expires_at,
        }
        return await self._db.run(_ROTATE, values) == 1

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
        async with self._db.transaction() as tx:
            ended = await tx.run(_END, values) == 1
            if ended:
                await tx.run(END, values)
                await record_end(tx, session_id, now=now)
                await record(tx, letter)
        return ended

    async def purge(self, *, before: datetime) -> int:
        expired = select(_f.id).where(_f.expires_at < before)
        return await self._db.purge(_s.id, _s.id.in_(expired))


def _values(family: RefreshFamily) -> Mapping[str, object]:
    return {
        "id": family.id,
        "user_id": family.user_id,
        "current_digest": family.current_digest,
        "previous_digest": family.previous_digest or None,
        "rotated_at": family.rotated_at,
        "epoch": family.epoch,
        "idle_expires_at": family.idle_expires_at,
        "expires_at": family.expires_at,
        "created_at": family.created_at,
        "revoked_at": family.revoked_at,
        "revoked_reason": family.revoked_reason,
    }


def _family(row: Row) -> RefreshFamily:
    return RefreshFamily(
        id=row[_f.id],
        user_id=row[_f.user_id],
        current_digest=row[_f.current_digest],
        previous_digest=row[_f.previous_digest] or b"",
        rotated_at=row[_f.rotated_at],
        epoch=row[_f.epoch],
        idle_expires_at=row[_f.idle_expires_at],
        expires_at=row[_f.expires_at],
        created_at=row[_f.created_at],
        revoked_at=row[_f.revoked_at],
        revoked_reason=row[_f.revoked_reason],
    )


def _session(row: Row) -> Session:
    session = session_of(row)
    return replace(
        session,
        last_seen_at=max(session.last_seen_at, row[_f.rotated_at]),
        idle_expires_at=row["family_idle_expires_at"],
    )

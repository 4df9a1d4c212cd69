"""Families and their sessions in a SQL database."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import RowMapping, bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from keywright.features.ended_sessions.sql import EndedSessions
from keywright.features.ended_sessions.sql import record as record_end
from keywright.features.outbox.sql import record
from keywright.features.outbox.types import Letter
from keywright.features.refresh_tokens.models import RefreshFamilyRow
from keywright.features.refresh_tokens.types import Presented, RefreshFamily
from keywright.features.sessions.errors import SessionEnded
from keywright.features.sessions.models import SessionRow
from keywright.features.sessions.types import Device, EndReason, Session
from keywright.features.users.sql import user_of, users
from keywright.features.users.types import User
from keywright.shared.sql import Database
from keywright.shared.tables import table_of

_families = table_of(RefreshFamilyRow)
_sessions = table_of(SessionRow)
_f = _families.c
_s = _sessions.c

_INSERT = insert(_families)
_INSERT_SESSION = insert(_sessions)
_BY_ID = (
    select(_families, users)
    .join_from(_families, users, _f.user_id == users.c.id)
    .where(_f.id == bindparam("family"), _f.user_id == bindparam("user"))
)
# MySQL assigns from left to right: the current digest has to be read first.
_ROTATE = (
    update(_families)
    .where(
        _f.id == bindparam("family"),
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
        _sessions,
        _f.rotated_at,
        _f.idle_expires_at.label("family_idle_expires_at"),
    )
    .join_from(_sessions, _families, _s.id == _f.id)
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
        _f.id == bindparam("family"),
        _f.user_id == bindparam("user"),
        _f.revoked_at.is_(None),
    )
    .values(revoked_at=bindparam("now"), revoked_reason=bindparam("reason"))
)
_END_SESSION = (
    update(_sessions)
    .where(_s.id == bindparam("family"), _s.revoked_at.is_(None))
    .values(revoked_at=bindparam("now"), revoked_reason=bindparam("reason"))
)
# Their families go with them.
_FORGET = delete(_sessions).where(_s.user_id == bindparam("user"))
_OPEN = select(_f.id).where(_f.user_id == bindparam("user"), _f.revoked_at.is_(None))


class Families:
    """Families and sessions: two rows of one id, added and ended together."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self.ended = EndedSessions(db)

    async def add(self, family: RefreshFamily, session: Session) -> None:
        try:
            async with self._db.transaction() as tx:
                await tx.run(_INSERT_SESSION, _session_values(session))
                await tx.run(_INSERT, _family_values(family))
        except IntegrityError:
            raise SessionEnded from None

    async def by_id(
        self, family_id: UUID, user_id: UUID
    ) -> tuple[RefreshFamily, User] | None:
        row = await self._db.first(_BY_ID, {"family": family_id, "user": user_id})
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
            "family": presented.family_id,
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
        values = {"family": session_id, "user": user_id, "reason": reason, "now": now}
        async with self._db.transaction() as tx:
            ended = await tx.run(_END, values) == 1
            if ended:
                await tx.run(_END_SESSION, values)
                await record_end(tx, session_id, now=now)
                await record(tx, letter)
        return ended

    async def end_others(
        self, user_id: UUID, *, keep: UUID | None, reason: EndReason, now: datetime
    ) -> int:
        rows = await self._db.all(_OPEN, {"user": user_id})
        others = [row[_f.id] for row in rows if row[_f.id] != keep]
        ended = [await self.end(one, user_id, reason=reason, now=now) for one in others]
        return sum(ended)

    async def forget(self, user_id: UUID) -> None:
        await self._db.run(_FORGET, {"user": user_id})

    async def purge(self, *, before: datetime) -> int:
        expired = select(_f.id).where(_f.expires_at < before)
        return await self._db.purge(_s.id, _s.id.in_(expired))


def _family_values(family: RefreshFamily) -> Mapping[str, object]:
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


def _session_values(session: Session) -> Mapping[str, object]:
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


def _family(row: RowMapping) -> RefreshFamily:
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


def _session(row: RowMapping) -> Session:
    return Session(
        id=row[_s.id],
        user_id=row[_s.user_id],
        device=Device(row[_s.user_agent], row[_s.address]),
        epoch=row[_s.epoch],
        amr=tuple(row[_s.amr].split()),
        created_at=row[_s.created_at],
        last_seen_at=max(row[_s.last_seen_at], row[_f.rotated_at]),
        idle_expires_at=row["family_idle_expires_at"],
        expires_at=row[_s.expires_at],
    )

"""Sessions in a SQL database."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, select, update
from sqlalchemy.exc import IntegrityError

from keywright.features.opaque_sessions.types import PresentedSession
from keywright.features.sessions.errors import SessionEnded
from keywright.features.sessions.sql import (
    INSERT,
    OpenSessions,
    session_of,
    sessions,
    values_of,
)
from keywright.features.sessions.types import Session
from keywright.features.users.sql import user_of, users
from keywright.features.users.types import User
from keywright.shared.sql import Hot

_c = sessions.c

_BY_TOKEN = Hot(
    select(sessions, users)
    .join_from(sessions, users, _c.user_id == users.c.id)
    .where(
        _c.id == bindparam("session"),
        _c.user_id == bindparam("user"),
        _c.digest == bindparam("presented"),
    )
)
_EXTEND = Hot(
    update(sessions)
    .where(
        _c.id == bindparam("session"),
        _c.revoked_at.is_(None),
        _c.idle_expires_at > bindparam("now"),
        _c.expires_at > bindparam("now"),
        _c.last_seen_at < bindparam("now"),
    )
    .values(last_seen_at=bindparam("now"), idle_expires_at=bindparam("idle_until"))
)


class Sessions(OpenSessions):
    """Sessions with the digests of their tokens."""

    async def add(self, session: Session, digest: bytes) -> None:
        try:
            await self._db.run(INSERT, {**values_of(session), "digest": digest})
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
        return None if row is None else (session_of(row), user_of(row))

    async def extend(
        self, session_id: UUID, *, seen_at: datetime, idle_expires_at: datetime
    ) -> bool:
        values = {
            "session": session_id,
            "now": seen_at,
            "idle_until": idle_expires_at,
        }
        return await self._db.run(_EXTEND, values) == 1

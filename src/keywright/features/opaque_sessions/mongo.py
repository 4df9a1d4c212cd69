"""Sessions in MongoDB, one document each."""

from datetime import datetime
from uuid import UUID

from keywright.features.opaque_sessions.documents import SESSIONS
from keywright.features.opaque_sessions.types import PresentedSession
from keywright.features.outbox.mongo import change
from keywright.features.sessions.mongo import (
    OpenSessions,
    life_of,
    session_of,
    use_of,
)
from keywright.features.sessions.types import Session
from keywright.features.users.types import User
from keywright.shared.mongo import MongoDatabase


class Sessions(OpenSessions):
    """Sessions with the digests of their tokens."""

    def __init__(self, db: MongoDatabase) -> None:
        super().__init__(db, SESSIONS)

    async def add(self, session: Session, digest: bytes) -> None:
        await self._add({**life_of(session), **use_of(session), "digest": digest})

    async def by_token(
        self, presented: PresentedSession
    ) -> tuple[Session, User] | None:
        condition = {
            "_id": presented.session_id,
            "user_id": presented.user_id,
            "digest": presented.digest,
        }
        found = await self._with_user(condition)
        return None if found is None else (session_of(found[0]), found[1])

    async def extend(
        self, session_id: UUID, *, seen_at: datetime, idle_expires_at: datetime
    ) -> bool:
        condition = {
            "_id": session_id,
            "revoked_at": None,
            "idle_expires_at": {"$gt": seen_at},
            "expires_at": {"$gt": seen_at},
            "last_seen_at": {"$lt": seen_at},
        }
        values = {"last_seen_at": seen_at, "idle_expires_at": idle_expires_at}
        return await change(
            self._db, SESSIONS, condition, {"$set": values}, letter=None
        )

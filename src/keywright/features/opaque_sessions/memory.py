"""Sessions in this process's memory: nothing survives it, so for tests only."""

from dataclasses import replace
from datetime import datetime
from hmac import compare_digest
from uuid import UUID

from keywright.features.opaque_sessions.types import PresentedSession
from keywright.features.sessions.memory import OpenSessions
from keywright.features.sessions.policy import is_live
from keywright.features.sessions.types import Session
from keywright.features.users.types import User


class Sessions(OpenSessions[bytes]):
    """Sessions with the digests of their tokens."""

    async def add(self, session: Session, digest: bytes) -> None:
        await self._add(session, digest)

    async def by_token(
        self, presented: PresentedSession
    ) -> tuple[Session, User] | None:
        found = await self._with_user(presented.session_id, presented.user_id)
        if found is None or not compare_digest(found[1], presented.digest):
            return None
        return found[0], found[2]

    async def extend(
        self, session_id: UUID, *, seen_at: datetime, idle_expires_at: datetime
    ) -> bool:
        kept = self._kept.get(session_id)
        if kept is None:
            return False
        session, digest = kept
        live = is_live(session, epoch=session.epoch, now=seen_at)
        if not live or session.last_seen_at >= seen_at:
            return False
        seen = replace(session, last_seen_at=seen_at, idle_expires_at=idle_expires_at)
        self._kept[session_id] = seen, digest
        return True

"""Sessions in this process's memory: nothing survives it, so for tests only."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from hmac import compare_digest
from uuid import UUID

from keywright.features.opaque_sessions.types import PresentedSession
from keywright.features.outbox.memory import Letters
from keywright.features.outbox.types import Letter
from keywright.features.sessions.errors import SessionEnded
from keywright.features.sessions.policy import is_live
from keywright.features.sessions.types import EndReason, Session
from keywright.features.users.store import UserStore
from keywright.features.users.types import User

PURGED_AT_ONCE = 1000


class Sessions:
    """Sessions with their digests, by id."""

    def __init__(self, users: UserStore, letters: Letters) -> None:
        self._users = users
        self._letters = letters
        self._kept: dict[UUID, tuple[Session, bytes]] = {}

    async def add(self, session: Session, digest: bytes) -> None:
        if await self._users.by_id(session.user_id) is None:
            raise SessionEnded
        self._kept[session.id] = session, digest

    async def by_token(
        self, presented: PresentedSession
    ) -> tuple[Session, User] | None:
        user = await self._users.by_id(presented.user_id)
        kept = self._kept.get(presented.session_id)
        if kept is None or user is None:
            return None
        session, digest = kept
        is_right = compare_digest(digest, presented.digest)
        if session.user_id != user.id or not is_right:
            return None
        return session, user

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

    async def of_user(
        self, user_id: UUID, *, epoch: int, now: datetime
    ) -> Sequence[Session]:
        if await self._users.by_id(user_id) is None:
            return []
        live = [
            session
            for session, _ in self._kept.values()
            if session.user_id == user_id and is_live(session, epoch=epoch, now=now)
        ]
        return sorted(live, key=lambda one: (one.created_at, one.id), reverse=True)

    async def end(
        self,
        session_id: UUID,
        user_id: UUID,
        *,
        reason: EndReason,
        now: datetime,
        letter: Letter | None = None,
    ) -> bool:
        kept = self._kept.get(session_id)
        if kept is None:
            return False
        session, digest = kept
        if session.user_id != user_id or session.revoked_at is not None:
            return False
        ended = replace(session, revoked_at=now, revoked_reason=reason)
        self._kept[session_id] = ended, digest
        self._letters.record(letter)
        return True

    async def end_others(
        self, user_id: UUID, *, keep: UUID | None, reason: EndReason, now: datetime
    ) -> int:
        others = [
            session.id
            for session, _ in self._kept.values()
            if session.user_id == user_id and session.id != keep
        ]
        ended = [await self.end(one, user_id, reason=reason, now=now) for one in others]
        return sum(ended)

    async def forget(self, user_id: UUID) -> None:
        of_user = [one.id for one, _ in self._kept.values() if one.user_id == user_id]
        for session_id in of_user:
            del self._kept[session_id]

    async def purge(self, *, before: datetime) -> int:
        expired = [
            session.id
            for session, _ in self._kept.values()
            if session.expires_at < before
        ][:PURGED_AT_ONCE]
        for session_id in expired:
            del self._kept[session_id]
        return len(expired)

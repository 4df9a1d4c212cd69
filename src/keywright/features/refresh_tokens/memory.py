"""Families in this process's memory: nothing survives it, so for tests only."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from keywright.features.ended_sessions.memory import EndedSessions
from keywright.features.outbox.memory import Letters
from keywright.features.outbox.types import Letter
from keywright.features.refresh_tokens.policy import judge
from keywright.features.refresh_tokens.types import Presented, RefreshFamily, Verdict
from keywright.features.sessions.errors import SessionEnded
from keywright.features.sessions.policy import is_live
from keywright.features.sessions.types import EndReason, Session
from keywright.features.users.store import UserStore
from keywright.features.users.types import User

PURGED_AT_ONCE = 1000


class Families:
    """Families and their sessions, by their common id."""

    def __init__(
        self, users: UserStore, letters: Letters, ended: EndedSessions | None = None
    ) -> None:
        self._users = users
        self._letters = letters
        self.ended = EndedSessions() if ended is None else ended
        self._kept: dict[UUID, tuple[RefreshFamily, Session]] = {}

    async def add(self, family: RefreshFamily, session: Session) -> None:
        if await self._users.by_id(family.user_id) is None:
            raise SessionEnded
        self._kept[family.id] = family, session

    async def by_id(
        self, family_id: UUID, user_id: UUID
    ) -> tuple[RefreshFamily, User] | None:
        user = await self._users.by_id(user_id)
        kept = self._of_user(family_id, user_id)
        return None if kept is None or user is None else (kept[0], user)

    async def rotate(
        self,
        presented: Presented,
        *,
        epoch: int,
        successor: bytes,
        now: datetime,
        idle_expires_at: datetime,
    ) -> bool:
        kept = self._of_user(presented.family_id, presented.user_id)
        if kept is None:
            return False
        family, session = kept
        verdict = judge(family, presented, epoch=epoch, now=now, window=timedelta(0))
        if verdict is not Verdict.ROTATE:
            return False
        rotated = replace(
            family,
            current_digest=successor,
            previous_digest=presented.digest,
            rotated_at=now,
            idle_expires_at=idle_expires_at,
        )
        self._kept[family.id] = rotated, session
        return True

    async def of_user(
        self, user_id: UUID, *, epoch: int, now: datetime
    ) -> Sequence[Session]:
        if await self._users.by_id(user_id) is None:
            return []
        sessions = [
            _as_of(family, session)
            for family, session in self._kept.values()
            if family.user_id == user_id
        ]
        live = [
            session for session in sessions if is_live(session, epoch=epoch, now=now)
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
        kept = self._of_user(session_id, user_id)
        if kept is None or kept[0].revoked_at is not None:
            return False
        family, session = kept
        self._kept[session_id] = (
            replace(family, revoked_at=now, revoked_reason=reason),
            replace(session, revoked_at=now, revoked_reason=reason),
        )
        await self.ended.add(session_id, now=now)
        self._letters.record(letter)
        return True

    async def end_others(
        self, user_id: UUID, *, keep: UUID | None, reason: EndReason, now: datetime
    ) -> int:
        others = [
            family.id
            for family, _ in self._kept.values()
            if family.user_id == user_id and family.id != keep
        ]
        ended = [await self.end(one, user_id, reason=reason, now=now) for one in others]
        return sum(ended)

    async def forget(self, user_id: UUID) -> None:
        of_user = [one.id for one, _ in self._kept.values() if one.user_id == user_id]
        for family_id in of_user:
            del self._kept[family_id]

    async def purge(self, *, before: datetime) -> int:
        expired = [
            family.id for family, _ in self._kept.values() if family.expires_at < before
        ][:PURGED_AT_ONCE]
        for family_id in expired:
            del self._kept[family_id]
        return len(expired)

    def _of_user(
        self, family_id: UUID, user_id: UUID
    ) -> tuple[RefreshFamily, Session] | None:
        kept = self._kept.get(family_id)
        return kept if kept is not None and kept[0].user_id == user_id else None


def _as_of(family: RefreshFamily, session: Session) -> Session:
    return replace(
        session,
        last_seen_at=max(session.last_seen_at, family.rotated_at),
        idle_expires_at=family.idle_expires_at,
    )

"""Families in this process's memory: nothing survives it, so for tests only."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from keywright.features.ended_sessions.memory import EndedSessions
from keywright.features.outbox.memory import Letters
from keywright.features.outbox.types import Letter
from keywright.features.refresh_tokens.policy import judge
from keywright.features.refresh_tokens.types import Presented, RefreshFamily, Verdict
from keywright.features.sessions.memory import OpenSessions
from keywright.features.sessions.types import EndReason, Session
from keywright.features.users.store import UserStore
from keywright.features.users.types import User


class Families(OpenSessions[RefreshFamily]):
    """Families and their sessions, by their common id."""

    def __init__(
        self, users: UserStore, letters: Letters, ended: EndedSessions | None = None
    ) -> None:
        super().__init__(users, letters)
        self.ended = EndedSessions() if ended is None else ended

    async def add(self, family: RefreshFamily, session: Session) -> None:
        await self._add(session, family)

    async def by_id(
        self, family_id: UUID, user_id: UUID
    ) -> tuple[RefreshFamily, User] | None:
        found = await self._with_user(family_id, user_id)
        return None if found is None else found[1:]

    async def rotate(
        self,
        presented: Presented,
        *,
        epoch: int,
        successor: bytes,
        now: datetime,
        idle_expires_at: datetime,
    ) -> bool:
        kept = self._one(presented.family_id, presented.user_id)
        if kept is None:
            return False
        session, family = kept
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
        seen = replace(
            session,
            last_seen_at=max(session.last_seen_at, now),
            idle_expires_at=idle_expires_at,
        )
        self._kept[family.id] = seen, rotated
        return True

    async def end(
        self,
        session_id: UUID,
        user_id: UUID,
        *,
        reason: EndReason,
        now: datetime,
        letter: Letter | None = None,
    ) -> bool:
        ended = await super().end(
            session_id, user_id, reason=reason, now=now, letter=letter
        )
        if ended:
            session, family = self._kept[session_id]
            revoked = replace(family, revoked_at=now, revoked_reason=reason)
            self._kept[session_id] = session, revoked
            await self.ended.add(session_id, now=now)
        return ended

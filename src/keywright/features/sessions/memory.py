"""Sessions in this process's memory: nothing survives it, so for tests only."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Generic, TypeVar
from uuid import UUID

from keywright.features.outbox.memory import Letters
from keywright.features.outbox.types import Letter
from keywright.features.sessions.errors import SessionEnded
from keywright.features.sessions.policy import live
from keywright.features.sessions.types import EndReason, Session
from keywright.features.users.store import UserStore
from keywright.features.users.types import User

PURGED_AT_ONCE = 1000

Proof = TypeVar("Proof")


class OpenSessions(Generic[Proof]):
    """Sessions by id, each with the *Proof* that is asked for it."""

    def __init__(self, users: UserStore, letters: Letters) -> None:
        self._users = users
        self._letters = letters
        self._kept: dict[UUID, tuple[Session, Proof]] = {}

    async def of_user(
        self, user_id: UUID, *, epoch: int, now: datetime
    ) -> Sequence[Session]:
        if await self._users.by_id(user_id) is None:
            return []
        return live(self._all(user_id), epoch=epoch, now=now)

    async def end(
        self,
        session_id: UUID,
        user_id: UUID,
        *,
        reason: EndReason,
        now: datetime,
        letter: Letter | None = None,
    ) -> bool:
        kept = self._one(session_id, user_id)
        if kept is None or kept[0].revoked_at is not None:
            return False
        session, proof = kept
        ended = replace(session, revoked_at=now, revoked_reason=reason)
        self._kept[session_id] = ended, proof
        self._letters.record(letter)
        return True

    async def end_others(
        self, user_id: UUID, *, keep: UUID | None, reason: EndReason, now: datetime
    ) -> int:
        others = [one.id for one in self._all(user_id) if one.id != keep]
        ended = [await self.end(one, user_id, reason=reason, now=now) for one in others]
        return sum(ended)

    async def forget(self, user_id: UUID) -> None:
        for session in self._all(user_id):
            del self._kept[session.id]

    async def purge(self, *, before: datetime) -> int:
        sessions = (session for session, _ in self._kept.values())
        expired = [one.id for one in sessions if one.expires_at < before]
        for session_id in expired[:PURGED_AT_ONCE]:
            del self._kept[session_id]
        return len(expired[:PURGED_AT_ONCE])

    async def _add(self, session: Session, proof: Proof) -> None:
        if await self._users.by_id(session.user_id) is None:
            raise SessionEnded
        self._kept[session.id] = session, proof

    async def _with_user(
        self, session_id: UUID, user_id: UUID
    ) -> tuple[Session, Proof, User] | None:
        user = await self._users.by_id(user_id)
        kept = self._one(session_id, user_id)
        return None if kept is None or user is None else (*kept, user)

    def _one(self, session_id: UUID, user_id: UUID) -> tuple[Session, Proof] | None:
        kept = self._kept.get(session_id)
        return kept if kept is not None and kept[0].user_id == user_id else None

    def _all(self, user_id: UUID) -> Sequence[Session]:
        sessions = (session for session, _ in self._kept.values())
        return [one for one in sessions if one.user_id == user_id]

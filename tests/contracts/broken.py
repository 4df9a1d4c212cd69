"""Families with one fault each, for the test that the state machine finds it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from keywright.features.outbox.types import Letter
from keywright.features.refresh_tokens.memory import Families
from keywright.features.refresh_tokens.types import Presented, RefreshFamily
from keywright.features.sessions.types import EndReason, Session
from keywright.features.users.types import User


class ForgetsTheCompare(Families):
    """Rotates whatever is presented."""

    async def rotate(
        self,
        presented: Presented,
        *,
        epoch: int,
        successor: bytes,
        now: datetime,
        idle_expires_at: datetime,
    ) -> bool:
        _, family = self._kept[presented.family_id]
        return await super().rotate(
            replace(presented, digest=family.current_digest),
            epoch=epoch,
            successor=successor,
            now=now,
            idle_expires_at=idle_expires_at,
        )


class ForgetsThePredecessor(Families):
    """Keeps the newest digest only."""

    async def rotate(
        self,
        presented: Presented,
        *,
        epoch: int,
        successor: bytes,
        now: datetime,
        idle_expires_at: datetime,
    ) -> bool:
        rotated = await super().rotate(
            presented,
            epoch=epoch,
            successor=successor,
            now=now,
            idle_expires_at=idle_expires_at,
        )
        session, family = self._kept[presented.family_id]
        if rotated:
            changed = replace(family, previous_digest=b"")
            self._kept[presented.family_id] = session, changed
        return rotated


class Revives(Families):
    """Writes back the whole row as it was read, over what happened since."""

    def __init__(self, *stores: object) -> None:
        super().__init__(*stores)  # type: ignore[arg-type]  # as given
        self._read: dict[UUID, tuple[Session, RefreshFamily]] = {}

    async def by_id(
        self, family_id: UUID, user_id: UUID
    ) -> tuple[RefreshFamily, User] | None:
        if family_id in self._kept:
            self._read[family_id] = self._kept[family_id]
        return await super().by_id(family_id, user_id)

    async def rotate(
        self,
        presented: Presented,
        *,
        epoch: int,
        successor: bytes,
        now: datetime,
        idle_expires_at: datetime,
    ) -> bool:
        if presented.family_id in self._read:
            self._kept[presented.family_id] = self._read[presented.family_id]
        return await super().rotate(
            presented,
            epoch=epoch,
            successor=successor,
            now=now,
            idle_expires_at=idle_expires_at,
        )


class ForgetsEnds(Families):
    """Says that a session was ended, and writes nothing."""

    async def end(
        self,
        session_id: UUID,
        user_id: UUID,
        *,
        reason: EndReason,
        now: datetime,
        letter: Letter | None = None,
    ) -> bool:
        self._letters.record(letter)
        return True


class LosesLetters(Families):
    """Ends without the letter."""

    async def end(
        self,
        session_id: UUID,
        user_id: UUID,
        *,
        reason: EndReason,
        now: datetime,
        letter: Letter | None = None,
    ) -> bool:
        return await super().end(session_id, user_id, reason=reason, now=now)


class ReadsACopy(Families):
    """Answers reads from what the first one found."""

    def __init__(self, *stores: object) -> None:
        super().__init__(*stores)  # type: ignore[arg-type]  # as given
        self._copies: dict[UUID, RefreshFamily] = {}

    async def by_id(
        self, family_id: UUID, user_id: UUID
    ) -> tuple[RefreshFamily, User] | None:
        found = await super().by_id(family_id, user_id)
        if found is None:
            return None
        return self._copies.setdefault(family_id, found[0]), found[1]


class ListsTheEnded(Families):
    """Lists sessions of former epochs."""

    async def of_user(
        self, user_id: UUID, *, epoch: int, now: datetime
    ) -> Sequence[Session]:
        listed: list[Session] = []
        for former in range(epoch + 1):
            listed += await super().of_user(user_id, epoch=former, now=now)
        return sorted(listed, key=lambda one: (one.created_at, one.id), reverse=True)


BROKEN = (
    ForgetsTheCompare,
    ForgetsThePredecessor,
    Revives,
    ForgetsEnds,
    LosesLetters,
    ReadsACopy,
    ListsTheEnded,
)

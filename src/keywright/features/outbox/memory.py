"""Letters in this process's memory: nothing survives it, so for tests only."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from keywright.features.outbox.types import Letter, LetterStatus

PURGED_AT_ONCE = 1000


@dataclass(slots=True)
class Waiting:
    """A letter and who holds it."""

    letter: Letter
    not_before: datetime | None = None
    lease: UUID | None = None
    lease_until: datetime | None = None
    reason: str = ""

    def is_due(self, now: datetime) -> bool:
        """Say whether a worker may take the letter."""
        return (
            self.letter.status is LetterStatus.WAITING
            and (self.not_before is None or self.not_before <= now)
            and (self.lease_until is None or self.lease_until <= now)
        )


class Letters:
    """The outbox; other twins record their letters in it."""

    def __init__(self) -> None:
        self._waiting: dict[UUID, Waiting] = {}

    def record(self, letter: Letter | None) -> None:
        """Do what `put` does, inside another twin's step; without a letter nothing."""
        if letter is not None:
            self._waiting.setdefault(letter.id, Waiting(letter))

    def recorded(self) -> Sequence[Letter]:
        """Return all letters as they stand, in the order in which they came."""
        return [waiting.letter for waiting in self._waiting.values()]

    async def put(self, letter: Letter) -> None:
        self.record(letter)

    async def claim(
        self, *, lease: UUID, until: datetime, now: datetime, most: int
    ) -> Sequence[Letter]:
        due = [waiting for waiting in self._waiting.values() if waiting.is_due(now)]
        due.sort(key=lambda waiting: (waiting.letter.created_at, waiting.letter.id))
        for waiting in due[:most]:
            attempts = waiting.letter.attempts + 1
            waiting.letter = replace(waiting.letter, attempts=attempts)
            waiting.lease, waiting.lease_until = lease, until
        return [waiting.letter for waiting in due[:most]]

    async def sent(self, letter_id: UUID, *, lease: UUID) -> bool:
        return self._close(letter_id, lease, LetterStatus.SENT)

    async def postpone(self, letter_id: UUID, *, lease: UUID, until: datetime) -> bool:
        waiting = self._held(letter_id, lease)
        if waiting is None:
            return False
        waiting.not_before = until
        waiting.lease, waiting.lease_until = None, None
        return True

    async def abandon(self, letter_id: UUID, *, lease: UUID, reason: str) -> bool:
        return self._close(letter_id, lease, LetterStatus.ABANDONED, reason)

    async def oldest(self) -> datetime | None:
        waiting = [
            letter.created_at
            for letter in self.recorded()
            if letter.status is LetterStatus.WAITING
        ]
        return min(waiting, default=None)

    async def waiting(self, last: UUID | None, *, most: int) -> Sequence[Letter]:
        found = [
            letter
            for letter in self.recorded()
            if letter.status is LetterStatus.WAITING
            and (last is None or letter.id > last)
        ]
        return sorted(found, key=lambda letter: letter.id)[:most]

    async def purge(self, *, before: datetime) -> int:
        expired = [
            letter.id for letter in self.recorded() if letter.expires_at < before
        ][:PURGED_AT_ONCE]
        for letter_id in expired:
            del self._waiting[letter_id]
        return len(expired)

    def _held(self, letter_id: UUID, lease: UUID) -> Waiting | None:
        waiting = self._waiting.get(letter_id)
        return waiting if waiting is not None and waiting.lease == lease else None

    def _close(
        self, letter_id: UUID, lease: UUID, status: LetterStatus, reason: str = ""
    ) -> bool:
        waiting = self._held(letter_id, lease)
        if waiting is None:
            return False
        waiting.letter = replace(waiting.letter, status=status, sealed="")
        waiting.lease, waiting.lease_until = None, None
        waiting.reason = reason
        return True

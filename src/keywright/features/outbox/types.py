"""Letters: e-mails that must not get lost."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class LetterStatus(StrEnum):
    """Where a letter stands; only a waiting one is ever claimed."""

    WAITING = "waiting"
    SENT = "sent"
    ABANDONED = "abandoned"
    DECOY = "decoy"


@dataclass(frozen=True, slots=True)
class Letter:
    """An e-mail on its way, recorded in the step that causes it.

    *sealed* is the encrypted e-mail; it is wiped ("") once the letter is sent or
    abandoned. Nothing is sent after *expires_at*. A DECOY is stored like any other and
    never sent: an unknown address costs the same work as a known one.
    """

    id: UUID
    kind: str
    sealed: str
    created_at: datetime
    expires_at: datetime
    status: LetterStatus = LetterStatus.WAITING
    attempts: int = 0

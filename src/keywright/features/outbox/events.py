"""What happened to letters."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class LetterSent:
    """The mail server took the letter."""

    letter_id: UUID
    kind: str


@dataclass(frozen=True, slots=True)
class LetterAbandoned:
    """The letter expired, or the mail server refused it for good."""

    letter_id: UUID
    kind: str
    reason: str

"""What happened to sessions."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class SessionEndedBy:
    """A session was ended before its time."""

    user_id: UUID
    session_id: UUID
    reason: str


@dataclass(frozen=True, slots=True)
class SessionsEnded:
    """Several sessions of a user were ended at once."""

    user_id: UUID
    count: int
    reason: str

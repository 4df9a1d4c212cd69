"""What happened to families."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class RefreshRotated:
    """A refresh token was exchanged for its successor."""

    user_id: UUID
    session_id: UUID


@dataclass(frozen=True, slots=True)
class RefreshReuseDetected:
    """An older token was shown; its session was ended."""

    user_id: UUID
    session_id: UUID


@dataclass(frozen=True, slots=True)
class LostWriteDetected:
    """A token newer than its row was shown: the store lost an acknowledged write."""

    user_id: UUID
    session_id: UUID

"""What happened to resets."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class ResetRequested:
    """A reset was asked for; without a user the address is unknown."""

    user_id: UUID | None


@dataclass(frozen=True, slots=True)
class ResetCompleted:
    """A new password was set by a reset; every session of the user is over."""

    user_id: UUID

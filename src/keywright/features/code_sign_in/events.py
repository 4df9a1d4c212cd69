"""What happened to codes for signing in."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class SignInCodeRequested:
    """A code was asked for; without a user the address is unknown."""

    user_id: UUID | None

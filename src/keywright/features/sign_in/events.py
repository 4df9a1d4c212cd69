"""What happened at the door."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class UserSignedIn:
    """A session was opened; *method* names the factors (RFC 8176)."""

    user_id: UUID
    session_id: UUID
    method: str


@dataclass(frozen=True, slots=True)
class SignInRefused:
    """A sign-in failed; without a user the address is unknown.

    *reason* is the code of the refusal. Any but the first means that the proof was
    right, and that the state of the account kept its owner out.
    """

    user_id: UUID | None
    method: str
    reason: str = "invalid_credentials"

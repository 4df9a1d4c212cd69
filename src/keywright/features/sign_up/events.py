"""What happened to sign-ups."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class SignUpStarted:
    """A code was mailed to a new address, or a notice to the owner of a known one."""


@dataclass(frozen=True, slots=True)
class SignUpCompleted:
    """The address was proved and the user exists."""

    user_id: UUID

"""What happened to registrations."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class UserRegistered:
    """A user exists now, whose address nobody has proved."""

    user_id: UUID


@dataclass(frozen=True, slots=True)
class RegistrationRefused:
    """Somebody wanted the address of the user."""

    user_id: UUID | None

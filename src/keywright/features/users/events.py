"""What happened to users."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class UserAdded:
    """A user exists now."""

    user_id: UUID


@dataclass(frozen=True, slots=True)
class ProfileChanged:
    """A user changed what is shown of them."""

    user_id: UUID


@dataclass(frozen=True, slots=True)
class PasswordChanged:
    """A user has a new password; every earlier session is over."""

    user_id: UUID


@dataclass(frozen=True, slots=True)
class StatusChanged:
    """A user was deactivated, banned, or is active again."""

    user_id: UUID
    status: str


@dataclass(frozen=True, slots=True)
class UserRemoved:
    """A user and everything that referred to them is gone."""

    user_id: UUID

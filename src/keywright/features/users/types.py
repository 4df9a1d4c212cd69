"""The person's record."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Status(StrEnum):
    """What a user may do: only an active one may sign in."""

    ACTIVE = "active"
    DEACTIVATED = "deactivated"
    BANNED = "banned"


@dataclass(frozen=True, slots=True)
class Avatar:
    """A stored picture: its key in the file store, its address, its bytes."""

    key: str
    url: str
    size: int


@dataclass(frozen=True, slots=True)
class User:
    """A person who can sign in.

    *name* is the one that is displayed; *first_name* and *last_name* are kept where a
    user was asked for both. *email* is canonical and unique. *password_hash* is sealed,
    and None for a user without a password. *epoch* is copied into every session, family
    and grant and compared at each use: raising it ends them all. *purge_after* is set
    while the user is deactivated.
    """

    id: UUID
    name: str
    email: str
    password_hash: str | None
    role: str
    is_email_verified: bool
    created_at: datetime
    updated_at: datetime
    status: Status = Status.ACTIVE
    purge_after: datetime | None = None
    avatar: Avatar | None = None
    last_login_at: datetime | None = None
    epoch: int = 0
    first_name: str | None = None
    last_name: str | None = None


class Unchanged(StrEnum):
    """Stands for a member of `UserChanges` that stays as it is."""

    UNCHANGED = "unchanged"


UNCHANGED = Unchanged.UNCHANGED


@dataclass(frozen=True, slots=True)
class UserChanges:
    """New values for some members of a user."""

    name: str | Unchanged = UNCHANGED
    role: str | Unchanged = UNCHANGED
    avatar: Avatar | Unchanged | None = UNCHANGED
    last_login_at: datetime | Unchanged = UNCHANGED
    is_email_verified: bool | Unchanged = UNCHANGED
    first_name: str | Unchanged | None = UNCHANGED
    last_name: str | Unchanged | None = UNCHANGED

"""What happened to identities."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class IdentityLinked:
    """A user can sign in by a provider from now on."""

    user_id: UUID
    provider: str


@dataclass(frozen=True, slots=True)
class IdentityUnlinked:
    """A user cannot sign in by a provider any more."""

    user_id: UUID
    provider: str


@dataclass(frozen=True, slots=True)
class UserEnrolled:
    """A user exists who came by a provider."""

    user_id: UUID
    provider: str


@dataclass(frozen=True, slots=True)
class UnprovedUserPurged:
    """A user who never proved the address gave way to its owner."""

    user_id: UUID


@dataclass(frozen=True, slots=True)
class LinkingRefused:
    """A provider vouched for the address of a user, who has to prove the account."""

    user_id: UUID
    provider: str

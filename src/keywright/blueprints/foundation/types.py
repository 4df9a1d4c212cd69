"""What a composition needs kept, whoever keeps it, and what it is once it is open."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, Protocol, TypeVar, cast

from keywright.features.audit.store import AuditStore
from keywright.features.challenges.store import ChallengeStore
from keywright.features.ended_sessions.store import RaisedEpochs
from keywright.features.keys.store import KeyStore
from keywright.features.lockout.store import FailureStore
from keywright.features.outbox.store import Outbox
from keywright.features.passwords.service import Passwords
from keywright.features.rate_limits.store import RateLimiter
from keywright.features.sessions.store import OpenSessions
from keywright.features.users.store import Avatars, EveryUser, LapsedUsers, UserStore
from keywright.shared.background import Job
from keywright.shared.dependencies import Services


async def nothing() -> list[str]:
    """Find nothing."""
    return []


class Users(UserStore, Avatars, EveryUser, LapsedUsers, RaisedEpochs, Protocol):
    """Users, their pictures, and whose grace is over or epoch was raised."""


S_co = TypeVar("S_co", bound=OpenSessions, covariant=True)


class PartStores(Protocol):
    """What an optional part needs kept, and the removal of what has ended."""

    async def purge(self, *, before: datetime) -> int:
        """Remove up to 1000 that ended before *before*."""


P = TypeVar("P", bound=PartStores)


@dataclass(frozen=True, slots=True)
class Stores(Generic[S_co]):
    """Every store of a composition, opened; *sessions* is what keeps its sessions.

    *keys* keeps signing keys, where there are tokens to sign, and *parts* what optional
    parts need, by its type.
    *now* asks the main store for its time. *probes* answer when the store of that name
    does, and raise `StoreUnavailable` otherwise. *check* returns what is wrong with the
    stores' own settings, such as a Redis that may lose writes. *shortcomings* returns
    what the stores cannot give as they were set up, which is no reason not to start,
    and *misfits* how what they keep things in differs from what they rely on.
    """

    users: Users
    challenges: ChallengeStore
    sessions: S_co
    outbox: Outbox
    limiter: RateLimiter
    failures: FailureStore
    audit: AuditStore
    now: Callable[[], Awaitable[datetime]]
    probes: Mapping[str, Callable[[], Awaitable[None]]]
    close: Callable[[], Awaitable[None]]
    keys: KeyStore | None = None
    parts: Mapping[type, PartStores] = field(default_factory=dict)
    check: Callable[[], Awaitable[list[str]]] = nothing
    shortcomings: Callable[[], Awaitable[list[str]]] = nothing
    misfits: Callable[[], Awaitable[list[str]]] = nothing

    def part(self, kind: type[P]) -> P:
        """Return the stores of the part that needs *kind*; raise LookupError if none.

        They were opened with the others.
        """
        return cast("P", self.parts[kind])  # each part fills in its own type


class Purging(Protocol):
    """Removes what has ended, in batches."""

    async def run_batch(self) -> bool:
        """Remove a batch of everything and say whether there may be more."""

    async def run_all(self) -> None:
        """Remove everything that has ended."""


@dataclass(frozen=True, slots=True)
class Auth:
    """A composition, ready to serve: what routes ask for, and work beside them."""

    services: Services
    jobs: Sequence[Job]
    stores: Stores[OpenSessions]
    passwords: Passwords
    purge: Purging
    close: Callable[[], Awaitable[None]]

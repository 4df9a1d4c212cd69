"""What hybrid-auth needs kept, whoever keeps it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from keywright.features.audit.store import AuditStore
from keywright.features.challenges.store import ChallengeStore
from keywright.features.keys.store import KeyStore
from keywright.features.lockout.store import FailureStore
from keywright.features.outbox.store import Outbox
from keywright.features.rate_limits.store import RateLimiter
from keywright.features.refresh_tokens.store import RefreshFamilyStore
from keywright.features.users.store import LapsedUsers, UserStore


async def nothing() -> list[str]:
    """Find nothing."""
    return []


class Users(UserStore, LapsedUsers, Protocol):
    """Users, and those whose grace period is over."""


@dataclass(frozen=True, slots=True)
class Stores:
    """Every store of the blueprint, opened.

    *now* asks the main store for its time. *probes* answer when the store of that name
    does, and raise `StoreUnavailable` otherwise. *check* returns what is wrong with the
    stores' own settings, such as a Redis that may lose writes. *shortcomings* returns
    what the stores cannot give as they were set up, which is no reason not to start,
    and *misfits* how what they keep things in differs from what they rely on.
    """

    users: Users
    challenges: ChallengeStore
    families: RefreshFamilyStore
    outbox: Outbox
    keys: KeyStore
    limiter: RateLimiter
    failures: FailureStore
    audit: AuditStore
    now: Callable[[], Awaitable[datetime]]
    probes: Mapping[str, Callable[[], Awaitable[None]]]
    check: Callable[[], Awaitable[list[str]]]
    close: Callable[[], Awaitable[None]]
    shortcomings: Callable[[], Awaitable[list[str]]] = nothing
    misfits: Callable[[], Awaitable[list[str]]] = nothing

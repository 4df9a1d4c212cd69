"""The stores of one backend, so that each suite can run on all of them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from keywright.features.audit.store import AuditStore
from keywright.features.challenges.store import ChallengeStore
from keywright.features.ended_sessions.store import EndedSessions, RaisedEpochs
from keywright.features.identities.store import IdentityStore
from keywright.features.keys.store import KeyStore
from keywright.features.lockout.store import FailureStore
from keywright.features.oauth.store import TransactionStore
from keywright.features.opaque_sessions.store import SessionStore
from keywright.features.outbox.store import Outbox
from keywright.features.outbox.types import Letter
from keywright.features.rate_limits.store import RateLimiter
from keywright.features.refresh_tokens.store import RefreshFamilyStore
from keywright.features.users.store import Avatars, LapsedUsers, UserStore


class Users(UserStore, Avatars, LapsedUsers, RaisedEpochs, Protocol):
    """What the class of every backend implements."""


@dataclass(frozen=True, slots=True)
class Stores:
    """Stores that share one place; *letter* looks into the outbox behind its back."""

    users: Users
    outbox: Outbox
    challenges: ChallengeStore
    identities: IdentityStore
    transactions: TransactionStore
    families: RefreshFamilyStore
    ended: EndedSessions
    sessions: SessionStore
    keys: KeyStore
    limiter: RateLimiter
    failures: FailureStore
    audit: AuditStore
    letter: Callable[[UUID], Awaitable[Letter | None]]


@dataclass(frozen=True, slots=True)
class Place:
    """Where the stores of one backend are; *fresh* empties it and returns them."""

    stores: Stores
    fresh: Callable[[], Awaitable[Stores]]

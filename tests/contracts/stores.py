"""The stores of one backend, so that each suite can run on all of them.

What only some compositions have lies in the slots `held` and `linked`.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from keywright.features.audit.store import AuditStore
from keywright.features.challenges.store import ChallengeStore
from keywright.features.ended_sessions.store import RaisedEpochs
from keywright.features.lockout.store import FailureStore
from keywright.features.outbox.store import Outbox
from keywright.features.outbox.types import Letter
from keywright.features.rate_limits.store import RateLimiter
from keywright.features.users.store import Avatars, EveryUser, LapsedUsers, UserStore
from tests.contracts.linked import Linked


class Users(UserStore, Avatars, EveryUser, LapsedUsers, RaisedEpochs, Protocol):
    """What the class of every backend implements."""


@dataclass(frozen=True, slots=True)
class Stores(Linked):
    """Stores that share one place; *letter* looks into the outbox behind its back."""

    users: Users
    outbox: Outbox
    challenges: ChallengeStore
    limiter: RateLimiter
    failures: FailureStore
    audit: AuditStore
    letter: Callable[[UUID], Awaitable[Letter | None]]


@dataclass(frozen=True, slots=True)
class Place:
    """Where the stores of one backend are; *fresh* empties it and returns them."""

    stores: Stores
    fresh: Callable[[], Awaitable[Stores]]

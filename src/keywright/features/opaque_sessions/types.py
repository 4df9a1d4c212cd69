"""Opaque sessions: a token that means nothing but the row it names."""

from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID


@dataclass(frozen=True, slots=True)
class PresentedSession:
    """A token of the right form: the session and user it names, and its digest."""

    session_id: UUID
    user_id: UUID
    digest: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class SessionLifetimes:
    """How long sessions last, and how old *last seen* may get before it is written."""

    idle: timedelta = timedelta(days=7)
    absolute: timedelta = timedelta(days=30)
    seen_every: timedelta = timedelta(minutes=5)

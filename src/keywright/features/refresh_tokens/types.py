"""Families: all refresh tokens of one session, kept as one row."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from uuid import UUID


@dataclass(frozen=True, slots=True)
class RefreshFamily:
    """The refresh tokens of one session; its id is the session's id.

    The digests are SHA-256 of the newest token's `jti` and of the one before it
    (`b""` before the first rotation). No token is kept.
    """

    id: UUID
    user_id: UUID
    current_digest: bytes
    previous_digest: bytes
    rotated_at: datetime
    epoch: int
    idle_expires_at: datetime
    expires_at: datetime
    created_at: datetime
    revoked_at: datetime | None = None
    revoked_reason: str | None = None


@dataclass(frozen=True, slots=True)
class Presented:
    """A refresh token whose signature is right: its family, user, digest and age."""

    family_id: UUID
    user_id: UUID
    digest: bytes
    issued_at: datetime


class Verdict(Enum):
    """What `judge` says of a token whose signature is right."""

    ROTATE = "rotate"
    """It is the newest."""
    RETRY = "retry"
    """It is the one before, inside the retry window: the same successor again."""
    REUSED = "reused"
    """It is an older one: revoke the family, tell the owner."""
    LOST_WRITE = "lost write"
    """It is newer than the row: the store was set back. Revoke, tell the operator."""
    ENDED = "ended"
    """The family is revoked, expired, or of an older epoch."""


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """How long tokens and sessions last."""

    access: timedelta = timedelta(minutes=15)
    idle: timedelta = timedelta(days=7)
    absolute: timedelta = timedelta(days=30)
    retry_window: timedelta = timedelta(seconds=10)

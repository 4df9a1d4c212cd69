"""Sessions: signed-in devices."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from keywright.features.users.types import User


class EndReason(StrEnum):
    """Why a session was ended before its time."""

    SIGNED_OUT = "signed_out"
    ENDED_BY_USER = "ended_by_user"
    TOO_MANY = "too_many_sessions"
    CREDENTIALS_CHANGED = "credentials_changed"
    REUSED = "refresh_reused"
    LOST_WRITE = "lost_write"
    ACCOUNT_CLOSED = "account_closed"
    ENDED_BY_OPERATOR = "ended_by_operator"


@dataclass(frozen=True, slots=True)
class Device:
    """What a request shows of its sender."""

    user_agent: str
    address: str


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in device, listed and ended by its user.

    *epoch* is the user's at sign-in: the session is over once the user's differs.
    *amr* names the factors that were shown (RFC 8176).
    """

    id: UUID
    user_id: UUID
    device: Device
    epoch: int
    amr: Sequence[str]
    created_at: datetime
    last_seen_at: datetime
    idle_expires_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None
    revoked_reason: EndReason | None = None


@dataclass(frozen=True, slots=True)
class Principal:
    """Who sends a request, and in which session."""

    user: User
    session_id: UUID
    auth_time: datetime
    amr: Sequence[str]


@dataclass(frozen=True, slots=True)
class PresentedCredentials:
    """What a request presents: at most one of the two is not None."""

    cookie: str | None
    bearer: str | None


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a sign-in or a refresh gives out, once; the repr shows no token.

    *access* is an access token, or the session's own token where there are none to
    refresh; then *refresh* is None.
    """

    user: User
    session_id: UUID
    access: str
    access_lifetime: timedelta
    refresh: str | None = None
    refresh_lifetime: timedelta | None = None

    def __repr__(self) -> str:
        """Mask the tokens."""
        return f"Credentials(session_id={self.session_id})"

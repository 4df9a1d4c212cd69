"""Signing keys as they are kept."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class StoredKey:
    """A signing key; *private* is its JWK, sealed.

    *number* is the primary key and counts up from 1. The key signs from *active_at*
    until its successor's *active_at*, verifies until *gone_at* (None: as long as it has
    no successor), and nothing after *revoked_at*.
    """

    number: int
    kid: str
    algorithm: str
    private: str
    created_at: datetime
    active_at: datetime
    gone_at: datetime | None = None
    revoked_at: datetime | None = None

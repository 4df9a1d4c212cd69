"""Audit entries."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One event as it is kept: when, what, who, from where.

    *session* is the first 8 hex digits of the SHA-256 of the session's id. *details*
    hold no address, code, token or digest.
    """

    id: UUID
    at: datetime
    event: str
    user_id: UUID | None
    session: str | None
    address: str | None
    request_id: str | None
    details: Mapping[str, str]

"""Audit entries for tests."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from keywright.features.audit.types import AuditEntry
from keywright.shared.secrets import new_id
from tests.instants import NOW


def entry(
    *,
    id: UUID | None = None,  # noqa: A002 - named as the member
    at: datetime = NOW,
    event: str = "SignedIn",
    user_id: UUID | None = None,
    session: str | None = "0123abcd",
    address: str | None = "192.0.2.7",
    request_id: str | None = "request-1",
    details: Mapping[str, str] | None = None,
) -> AuditEntry:
    """Return an entry about nobody in particular."""
    return AuditEntry(
        id=id if id is not None else new_id(),
        at=at,
        event=event,
        user_id=user_id,
        session=session,
        address=address,
        request_id=request_id,
        details=details if details is not None else {"method": "password"},
    )

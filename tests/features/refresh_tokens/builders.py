"""Families for tests."""

from datetime import datetime
from uuid import UUID

from keywright.features.refresh_tokens.types import Presented, RefreshFamily
from keywright.features.sessions.types import EndReason, Session
from keywright.shared.secrets import new_id, random_bytes
from tests.features.sessions.builders import session
from tests.instants import DAY, NOW


def family(
    *,
    id: UUID | None = None,  # noqa: A002 - named as the member
    user_id: UUID | None = None,
    current_digest: bytes | None = None,
    previous_digest: bytes = b"",
    rotated_at: datetime | None = None,
    epoch: int = 0,
    idle_expires_at: datetime | None = None,
    expires_at: datetime | None = None,
    created_at: datetime = NOW,
    revoked_at: datetime | None = None,
    revoked_reason: str | None = None,
) -> RefreshFamily:
    """Return a live family, of a user of its own unless *user_id* names one."""
    idle = idle_expires_at if idle_expires_at is not None else created_at + 7 * DAY
    return RefreshFamily(
        id=id if id is not None else new_id(),
        user_id=user_id if user_id is not None else new_id(),
        current_digest=current_digest or random_bytes(32),
        previous_digest=previous_digest,
        rotated_at=rotated_at if rotated_at is not None else created_at,
        epoch=epoch,
        idle_expires_at=idle,
        expires_at=expires_at if expires_at is not None else created_at + 30 * DAY,
        created_at=created_at,
        revoked_at=revoked_at,
        revoked_reason=revoked_reason,
    )


def session_of(family: RefreshFamily) -> Session:
    """Return the session that lies beside *family*."""
    reason = family.revoked_reason
    return session(
        id=family.id,
        user_id=family.user_id,
        epoch=family.epoch,
        created_at=family.created_at,
        last_seen_at=family.rotated_at,
        idle_expires_at=family.idle_expires_at,
        expires_at=family.expires_at,
        revoked_at=family.revoked_at,
        revoked_reason=EndReason(reason) if reason is not None else None,
    )


def presented(
    family: RefreshFamily,
    *,
    family_id: UUID | None = None,
    user_id: UUID | None = None,
    digest: bytes | None = None,
    issued_at: datetime | None = None,
) -> Presented:
    """Return the newest token of *family*, as a client presents it."""
    return Presented(
        family_id=family_id if family_id is not None else family.id,
        user_id=user_id if user_id is not None else family.user_id,
        digest=digest if digest is not None else family.current_digest,
        issued_at=issued_at if issued_at is not None else family.rotated_at,
    )

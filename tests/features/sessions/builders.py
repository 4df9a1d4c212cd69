"""Sessions for tests."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from keywright.features.sessions.types import Device, EndReason, Session
from keywright.shared.secrets import new_id
from tests.instants import DAY, NOW


def device(*, user_agent: str = "Test/1.0", address: str = "192.0.2.7") -> Device:
    """Return what a request shows of its sender."""
    return Device(user_agent=user_agent, address=address)


def session(
    *,
    id: UUID | None = None,  # noqa: A002 - named as the member
    user_id: UUID | None = None,
    device: Device = device(),  # noqa: B008 - frozen
    epoch: int = 0,
    amr: Sequence[str] = ("pwd",),
    created_at: datetime = NOW,
    last_seen_at: datetime | None = None,
    idle_expires_at: datetime | None = None,
    expires_at: datetime | None = None,
    revoked_at: datetime | None = None,
    revoked_reason: EndReason | None = None,
) -> Session:
    """Return a live session, of a user of its own unless *user_id* names one."""
    idle = idle_expires_at if idle_expires_at is not None else created_at + 7 * DAY
    return Session(
        id=id if id is not None else new_id(),
        user_id=user_id if user_id is not None else new_id(),
        device=device,
        epoch=epoch,
        amr=amr,
        created_at=created_at,
        last_seen_at=last_seen_at if last_seen_at is not None else created_at,
        idle_expires_at=idle,
        expires_at=expires_at if expires_at is not None else created_at + 30 * DAY,
        revoked_at=revoked_at,
        revoked_reason=revoked_reason,
    )

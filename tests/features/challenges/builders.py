"""Challenges for tests."""

from datetime import datetime
from uuid import UUID

from keywright.features.challenges.types import Challenge, Purpose
from keywright.shared.secrets import new_id, random_bytes
from tests.instants import MINUTE, NOW

NOBODY = UUID(int=0)


def challenge(
    *,
    id: bytes | None = None,  # noqa: A002 - named as the member
    purpose: Purpose = Purpose.EMAIL_VERIFICATION,
    subject: UUID | None = NOBODY,
    proof: bytes | None = None,
    max_attempts: int = 5,
    created_at: datetime = NOW,
    expires_at: datetime | None = None,
    resend_at: datetime | None = None,
    data: str = "",
    attempts: int = 0,
    used_at: datetime | None = None,
    done_at: datetime | None = None,
    superseded_at: datetime | None = None,
) -> Challenge:
    """Return an open challenge about a subject of its own; None means about nobody."""
    return Challenge(
        id=id if id is not None else random_bytes(16),
        purpose=purpose,
        subject=new_id() if subject is NOBODY else subject,
        proof=proof if proof is not None else random_bytes(32),
        max_attempts=max_attempts,
        created_at=created_at,
        expires_at=expires_at if expires_at is not None else created_at + 10 * MINUTE,
        resend_at=resend_at if resend_at is not None else created_at + MINUTE,
        data=data,
        attempts=attempts,
        used_at=used_at,
        done_at=done_at,
        superseded_at=superseded_at,
    )

"""Letters for tests."""

from datetime import datetime
from uuid import UUID

from keywright.features.outbox.types import Letter, LetterStatus
from keywright.shared.secrets import new_id
from tests.instants import HOUR, NOW


def letter(
    *,
    id: UUID | None = None,  # noqa: A002 - named as the member
    kind: str = "test_letter",
    sealed: str = "v1.key.nonce.ciphertext",
    created_at: datetime = NOW,
    expires_at: datetime | None = None,
    status: LetterStatus = LetterStatus.WAITING,
    attempts: int = 0,
) -> Letter:
    """Return a letter that waits, and expires an hour after it was recorded."""
    return Letter(
        id=id if id is not None else new_id(),
        kind=kind,
        sealed=sealed,
        created_at=created_at,
        expires_at=expires_at if expires_at is not None else created_at + HOUR,
        status=status,
        attempts=attempts,
    )

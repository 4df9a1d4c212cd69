"""Signing keys for tests."""

from datetime import datetime

from keywright.features.keys.types import StoredKey
from tests.instants import NOW


def stored_key(
    *,
    number: int = 1,
    kid: str | None = None,
    algorithm: str = "ES256",
    private: str = "v1.key.nonce.ciphertext",
    created_at: datetime = NOW,
    active_at: datetime | None = None,
    gone_at: datetime | None = None,
    revoked_at: datetime | None = None,
) -> StoredKey:
    """Return a signing key that is active since it was made."""
    return StoredKey(
        number=number,
        kid=kid if kid is not None else f"kid-{number}",
        algorithm=algorithm,
        private=private,
        created_at=created_at,
        active_at=active_at if active_at is not None else created_at,
        gone_at=gone_at,
        revoked_at=revoked_at,
    )

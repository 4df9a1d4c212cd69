"""Redirects under way for tests."""

from datetime import datetime

from keywright.features.oauth.types import Transaction
from keywright.shared.secrets import digest, new_id
from tests.instants import MINUTE, NOW


def transaction(
    *,
    digest_: bytes | None = None,
    provider: str = "example",
    browser: bytes = digest(b"browser"),
    data: str = "v1.sealed",
    created_at: datetime = NOW,
    expires_at: datetime | None = None,
) -> Transaction:
    """Return a redirect with a digest that no other has."""
    return Transaction(
        digest=digest_ if digest_ is not None else digest(new_id().bytes),
        provider=provider,
        browser=browser,
        data=data,
        created_at=created_at,
        expires_at=expires_at if expires_at is not None else created_at + 10 * MINUTE,
    )

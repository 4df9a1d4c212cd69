"""Identities for tests."""

from datetime import datetime
from uuid import UUID

from keywright.features.identities.types import (
    Identity,
    Proven,
    ProviderTokens,
    SealedTokens,
)
from keywright.shared.secrets import new_id
from tests.instants import NOW

ISSUER = "https://issuer.example.com"


def identity(
    *,
    id: UUID | None = None,  # noqa: A002 - named as the member
    user_id: UUID | None = None,
    provider: str = "example",
    issuer: str = ISSUER,
    subject: str | None = None,
    email: str | None = "ada@example.com",
    linked_at: datetime = NOW,
    tokens: SealedTokens | None = None,
) -> Identity:
    """Return an identity with a subject that nobody else has."""
    identity_id = id if id is not None else new_id()
    return Identity(
        id=identity_id,
        user_id=user_id if user_id is not None else new_id(),
        provider=provider,
        issuer=issuer,
        subject=subject if subject is not None else identity_id.hex,
        email=email,
        linked_at=linked_at,
        tokens=tokens,
    )


def proven(
    *,
    provider: str = "example",
    label: str = "Example",
    issuer: str = ISSUER,
    subject: str = "1234",
    name: str = "Ada Lovelace",
    email: str | None = "ada@example.com",
    is_email_trusted: bool = True,
    tokens: ProviderTokens | None = None,
) -> Proven:
    """Return what a provider has just proved."""
    return Proven(
        provider=provider,
        label=label,
        issuer=issuer,
        subject=subject,
        name=name,
        email=email,
        is_email_trusted=is_email_trusted,
        tokens=tokens,
    )

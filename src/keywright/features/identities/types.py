"""Identities: what a provider calls a user."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class ProviderTokens:
    """What a provider lets us do for a user; *refresh* is empty where it gave none.

    Without *expires_at* it did not say how long *access* is good.
    """

    access: str = field(repr=False)
    refresh: str = field(default="", repr=False)
    scope: str = ""
    expires_at: datetime | None = None


NO_TOKENS = ProviderTokens("")
"""Says that none are to be kept, nor those from before."""


@dataclass(frozen=True, slots=True)
class SealedTokens:
    """Tokens as they are kept: encrypted, bound to their identity."""

    access: str = field(repr=False)
    refresh: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Identity:
    """A way in: *subject* as *issuer* names the user, unique together.

    *provider* is the name under which the issuer was configured. *email* is what the
    provider said at the time; it finds nobody and is never mailed to.
    """

    id: UUID
    user_id: UUID
    provider: str
    issuer: str
    subject: str
    email: str | None
    linked_at: datetime
    tokens: SealedTokens | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Proven:
    """Who somebody is, as a provider has just proved it.

    *email* is canonical or None; only if *is_email_trusted* is the provider an
    authority for that address. *label* is what people call the provider. *tokens* are
    to be kept; None leaves what there is.
    """

    provider: str
    label: str
    issuer: str
    subject: str
    name: str
    email: str | None = None
    is_email_trusted: bool = False
    tokens: ProviderTokens | None = field(default=None, repr=False)

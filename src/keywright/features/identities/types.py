"""Identities: what a provider calls a user."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


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


@dataclass(frozen=True, slots=True)
class Proven:
    """Who somebody is, as a provider has just proved it.

    *email* is canonical or None; only if *is_email_trusted* is the provider an
    authority for that address. *label* is what people call the provider.
    """

    provider: str
    label: str
    issuer: str
    subject: str
    name: str
    email: str | None = None
    is_email_trusted: bool = False

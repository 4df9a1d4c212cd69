"""Sign-in with providers: what is configured, what is under way, what comes back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID


@dataclass(frozen=True, slots=True)
class ClientConfig:
    """How this service is registered with a provider.

    *name* is the provider's in our paths. *issuer* replaces the provider's own address:
    a tenant, a server of the company's own. *email_domains* are those for whose
    addresses the provider is an authority; `*` stands for all. *scopes* replaces what
    is asked for.
    """

    name: str
    client_id: str
    client_secret: str = field(repr=False)
    issuer: str = ""
    email_domains: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Profile:
    """What a provider says of somebody, and nothing that decides about rights.

    *is_email_verified* is true only if the provider said so in exactly that form.
    """

    subject: str
    name: str = ""
    email: str | None = None
    is_email_verified: bool = False
    hosted_domain: str = ""


@dataclass(frozen=True, slots=True)
class Grant:
    """What a provider gives for a code; never kept, never shown."""

    access_token: str = field(repr=False)
    id_token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Keeping:
    """What is remembered of one redirect; *redirect_uri* is the one that was sent."""

    redirect_uri: str
    verifier: str = field(repr=False)
    nonce: str = field(repr=False)


class Intent(StrEnum):
    """What a redirect to the provider is for."""

    SIGN_IN = "sign-in"
    LINK = "link"


@dataclass(frozen=True, slots=True)
class Transaction:
    """One redirect to a provider and back, used once.

    *digest* is that of the state, *browser* that of the cookie which only the browser
    has that began. *data* is sealed. A token that was used up is kept the same way,
    under a digest of its own, with neither.
    """

    digest: bytes
    provider: str
    browser: bytes
    data: str
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Errand:
    """What a transaction is about; sealed into it.

    *return_to* was checked when it began. A link also holds who asked for it, in which
    session, and the user's epoch.
    """

    keeping: Keeping
    intent: Intent
    return_to: str
    user_id: UUID | None = None
    session_id: UUID | None = None
    epoch: int = 0


@dataclass(frozen=True, slots=True)
class Returned:
    """What the browser brings back from a provider."""

    state: str = field(repr=False)
    code: str = field(repr=False)
    issuer: str | None
    error: str


@dataclass(frozen=True, slots=True)
class ForeignToken:
    """A token that an app got from a provider by itself."""

    id_token: str | None = field(default=None, repr=False)
    access_token: str | None = field(default=None, repr=False)
    nonce: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Call:
    """One GET with an access token: in the header unless *params* hold it."""

    url: str
    params: Mapping[str, str] = field(default_factory=dict, repr=False)
    is_bearer: bool = True


Answers = Mapping[str, object]
"""The documents that the calls returned, by the calls' names."""


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where a provider without discovery is; `{base}` stands for its address."""

    authorize: str
    token: str
    base: str


@dataclass(frozen=True, slots=True)
class Offer:
    """A provider as it is offered to people."""

    name: str
    label: str


@dataclass(frozen=True, slots=True)
class Signing:
    """How tokens of an issuer may be signed."""

    algorithms: Sequence[str] = ("RS256", "ES256", "PS256", "EdDSA")

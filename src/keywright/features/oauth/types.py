"""Sign-in with providers: what is configured, what is under way, what comes back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from keywright.features.identities.types import ProviderTokens


@dataclass(frozen=True, slots=True)
class ClientConfig:
    """How this service is registered with a provider.

    *name* is the provider's in our paths. *issuer* replaces the provider's own address:
    a tenant, a server of the company's own. *email_domains* are those for whose
    addresses the provider is an authority; `*` stands for all. *scopes* replaces what
    is asked for. With *keep_tokens* what the provider gives is kept, sealed.
    """

    name: str
    client_id: str
    client_secret: str = field(repr=False)
    issuer: str = ""
    email_domains: Sequence[str] = ()
    scopes: Sequence[str] = ()
    keep_tokens: bool = False


@dataclass(frozen=True, slots=True)
class Profile:
    """What a provider says of somebody, and nothing that decides about rights.

    *is_email_verified* is true only if the provider said so in exactly that form.
    *hosted_domain* is the organization that the provider manages the account for.
    *tokens* came with it, after a redirect; see `Proven`.
    """

    subject: str
    name: str = ""
    email: str | None = None
    is_email_verified: bool = False
    hosted_domain: str = ""
    tokens: ProviderTokens | None = field(default=None, repr=False)


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
    has that began. *data* is sealed. A token that was used up is kept in the same
    form, under a digest of its own.
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

    provider: str
    keeping: Keeping
    intent: Intent
    return_to: str
    user_id: UUID | None = None
    session_id: UUID | None = None
    epoch: int = 0


@dataclass(frozen=True, slots=True)
class Begun:
    """Where to send the browser, and the cookie that proves it is the same later."""

    url: str
    browser: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Returned:
    """What the browser brings back from a provider; *error* is the provider's word."""

    state: str = field(repr=False)
    code: str = field(repr=False)
    issuer: str | None = None
    error: str = ""


@dataclass(frozen=True, slots=True)
class ForeignToken:
    """A token that an app got from a provider by itself: one of the two kinds."""

    id_token: str = field(default="", repr=False)
    access_token: str = field(default="", repr=False)
    nonce: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Checked:
    """Whom a token speaks for; *token* is what is the same in each of its spellings."""

    profile: Profile
    token: bytes = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Call:
    """One GET with an access token: in the header unless *bearer* is another one."""

    url: str
    params: Mapping[str, str] = field(default_factory=dict, repr=False)
    bearer: str = field(default="", repr=False)


Answers = Mapping[str, object]
"""The documents that a provider's calls returned, by the calls' names."""


class Provider(Protocol):
    """A provider as this service is registered with it.

    Every method may raise `ProviderUnavailable` or `AnswerInvalid`.
    """

    @property
    def name(self) -> str:
        """Return its name in our paths."""

    @property
    def label(self) -> str:
        """Return what people call it."""

    @property
    def issuer(self) -> str:
        """Return what its subjects are unique under."""

    @property
    def posts_back(self) -> bool:
        """Say whether its page posts the answer (OAuth 2.0 Form Post Response Mode)."""

    async def authorize_url(self, keeping: Keeping, *, state: str) -> str:
        """Return where the browser is sent to."""

    async def profile(self, returned: Returned, keeping: Keeping) -> Profile:
        """Exchange the code and return who it is, with tokens if they are kept."""

    async def check(self, token: ForeignToken) -> Checked:
        """Return whom *token* speaks for, if it was made for this service.

        Raise `TokenSignInUnsupported` where that cannot be found out.
        """

    def is_email_trusted(self, profile: Profile) -> bool:
        """Say whether the provider is an authority for the address in *profile*."""

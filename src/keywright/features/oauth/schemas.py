"""Bodies about signing in with a provider."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from keywright.features.oauth.types import Begun, Provider
from keywright.shared.bodies import RequestBody, View

Token = Annotated[str, StringConstraints(min_length=1, max_length=16_384)]
Nonce = Annotated[str, StringConstraints(max_length=512)]


class ProviderView(View):
    """A provider that is offered; *url* is where its sign-in begins."""

    name: str
    label: str
    url: str


class ProvidersView(View):
    """The providers that are offered."""

    providers: list[ProviderView]


class BegunView(View):
    """Where to send the browser, and until when it may come back."""

    url: str
    expires_at: datetime


class LinkRequest(RequestBody):
    """Begins to link a provider."""

    return_to: str | None = Field(default=None, max_length=2000)


class TokenRequest(RequestBody):
    """A token that an app got from a provider by itself; one of the two kinds.

    *nonce* is what the app put into an ID token, if it did.
    """

    id_token: Token | None = Field(default=None, repr=False)
    access_token: Token | None = Field(default=None, repr=False)
    nonce: Nonce = Field(default="", repr=False)


def begun_view(begun: Begun) -> BegunView:
    """Return *begun* as shown to whoever began."""
    return BegunView(url=begun.url, expires_at=begun.expires_at)


def providers_view(offered: Sequence[Provider], *, base: str) -> ProvidersView:
    """Return *offered* with the addresses below *base*."""
    return ProvidersView(
        providers=[
            ProviderView(name=one.name, label=one.label, url=f"{base}/{one.name}")
            for one in offered
        ]
    )

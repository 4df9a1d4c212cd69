"""The variables of providers: a group each, named by the provider."""

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr

from keywright.blueprints.foundation.settings import AuthSettings
from keywright.features.oauth.providers.catalogue import PRESETS
from keywright.features.oauth.types import ClientConfig
from keywright.shared.client_address import parse_networks
from keywright.shared.settings import TextList, grouped, to_list

__all__ = ["ProviderSettings"]

KNOWN = "AUTH_OAUTH_"
ANY = "AUTH_OIDC_"
MEMBERS = (
    "client_id",
    "client_secret",
    "issuer",
    "email_domains",
    "scopes",
    "keep_tokens",
)
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,31}", re.ASCII)
RESERVED = frozenset({"providers"})
Words = Annotated[tuple[str, ...], BeforeValidator(to_list)]


class OAuthClient(BaseModel):
    """How this service is registered with a provider; *prefix* names its variables."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    name: str
    client_id: str = ""
    client_secret: SecretStr = SecretStr("")
    issuer: str = ""
    email_domains: Words = ()
    scopes: Words = ()
    keep_tokens: bool = False
    prefix: str = KNOWN

    @property
    def config(self) -> ClientConfig:
        """Return it for the provider."""
        return ClientConfig(
            name=self.name,
            client_id=self.client_id,
            client_secret=self.client_secret.get_secret_value(),
            issuer=self.issuer,
            email_domains=tuple(domain.lower() for domain in self.email_domains),
            scopes=self.scopes,
            keep_tokens=self.keep_tokens,
        )

    def problems(self, *, plain_loopback: bool) -> dict[str, str]:
        """Return what is wrong with it, by variable; *plain_loopback* allows http."""
        variable = f"{self.prefix}{self.name.upper().replace('-', '_')}"
        preset = PRESETS.get(self.name)
        found = {}
        if self.prefix == KNOWN and preset is None:
            found[variable] = f"one of: {', '.join(name.upper() for name in PRESETS)}"
        if self.prefix == ANY and preset is not None:
            found[variable] = f"another name, or {KNOWN}{self.name.upper()}"
        if not NAME.fullmatch(self.name) or self.name in RESERVED:
            found[variable] = "another name: letters, digits and _, 32 at most"
        for member in ("client_id", "client_secret"):
            value = getattr(self, member)
            if not value or (isinstance(value, SecretStr) and not len(value)):
                found[f"{variable}_{member.upper()}"] = "must be set"
        needs_issuer = preset is None or not preset.issuer
        schemes = ("https://", "http://") if plain_loopback else ("https://",)
        if (needs_issuer or self.issuer) and not self.issuer.startswith(schemes):
            found[f"{variable}_ISSUER"] = "the provider's https address"
        return found


def oauth_clients(environment: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
    """Return the groups of variables that configure providers.

    Those of the process, then of `.env`, unless *environment* is given.
    """
    return [
        {"name": name.lower().replace("_", "-"), "prefix": prefix, **members}
        for prefix in (KNOWN, ANY)
        for name, members in grouped(prefix, MEMBERS, environment).items()
    ]


def problems_of(
    clients: Sequence[OAuthClient], *, plain_loopback: bool
) -> dict[str, str]:
    """Return what is wrong with *clients*, by variable."""
    found: dict[str, str] = {}
    for client in clients:
        found |= client.problems(plain_loopback=plain_loopback)
    return found


class ProviderSettings(AuthSettings):
    """What sign-in with providers needs."""

    oauth_clients: tuple[OAuthClient, ...] = Field(
        default_factory=oauth_clients, validate_default=True
    )
    """A JSON list of providers, beside AUTH_OAUTH_<NAME>_* and AUTH_OIDC_<NAME>_*."""
    oauth_networks: TextList = ()
    """Private networks that providers may be in, by commas."""

    def problems(self) -> dict[str, str]:
        """Return what is wrong with the settings taken together, by variable."""
        problems = super().problems()
        try:
            parse_networks(self.oauth_networks)
        except ValueError:
            problems["AUTH_OAUTH_NETWORKS"] = "addresses or networks, by commas"
        loopback = not self.is_production
        return {**problems, **problems_of(self.oauth_clients, plain_loopback=loopback)}

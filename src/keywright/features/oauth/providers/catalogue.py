"""Every provider that is known by name, and how one is built."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from keywright.features.oauth.providers.apple import APPLE
from keywright.features.oauth.providers.auth0 import AUTH0
from keywright.features.oauth.providers.bitbucket import BITBUCKET
from keywright.features.oauth.providers.discord import DISCORD
from keywright.features.oauth.providers.facebook import FACEBOOK
from keywright.features.oauth.providers.github import GITHUB
from keywright.features.oauth.providers.gitlab import GITLAB
from keywright.features.oauth.providers.google import GOOGLE
from keywright.features.oauth.providers.keycloak import KEYCLOAK
from keywright.features.oauth.providers.linkedin import LINKEDIN
from keywright.features.oauth.providers.microsoft import MICROSOFT
from keywright.features.oauth.providers.oidc import OidcPreset, OidcProvider
from keywright.features.oauth.providers.okta import OKTA
from keywright.features.oauth.providers.plain import PlainPreset, PlainProvider
from keywright.features.oauth.providers.reddit import REDDIT
from keywright.features.oauth.providers.slack import SLACK
from keywright.features.oauth.providers.spotify import SPOTIFY
from keywright.features.oauth.providers.twitch import TWITCH
from keywright.features.oauth.providers.x import X
from keywright.features.oauth.types import ClientConfig, Provider
from keywright.shared.clock import Now
from keywright.shared.fetch import Fetcher

Preset = OidcPreset | PlainPreset

PRESETS: Final[Mapping[str, Preset]] = MappingProxyType(
    {
        preset.name: preset
        for preset in (
            APPLE,
            AUTH0,
            BITBUCKET,
            DISCORD,
            FACEBOOK,
            GITHUB,
            GITLAB,
            GOOGLE,
            KEYCLOAK,
            LINKEDIN,
            MICROSOFT,
            OKTA,
            REDDIT,
            SLACK,
            SPOTIFY,
            TWITCH,
            X,
        )
    }
)
"""The providers that are known by name."""


def build(config: ClientConfig, fetcher: Fetcher, *, now: Now) -> Provider:
    """Return the provider of that name, or else the OpenID provider at its issuer."""
    match PRESETS.get(config.name):
        case PlainPreset() as preset:
            return PlainProvider(preset, config, fetcher, now=now)
        case OidcPreset() as known:
            return OidcProvider(known, config, fetcher, now=now)
        case None:
            other = OidcPreset(config.name, config.name.replace("-", " ").title())
            return OidcProvider(other, config, fetcher, now=now)

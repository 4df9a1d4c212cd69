"""Apple: the client secret is a token signed by a key of yours, good for half a year.

Asked for an address, Apple answers by a form. The name that comes beside the signed
token, once and from the browser alone, is not read.
"""

from dataclasses import replace

from keywright.features.oauth.policy import is_authority
from keywright.features.oauth.providers.oidc import (
    Claims,
    OidcPreset,
    standard_profile,
)
from keywright.features.oauth.types import ClientConfig, Profile

OWN_DOMAIN = "privaterelay.appleid.com"


def profile_from(claims: Claims) -> Profile:
    """Return the profile; Apple writes `true` as a text, too."""
    profile = standard_profile(claims)
    said = claims.get("email_verified")
    return replace(profile, is_email_verified=said is True or said == "true")


def trusts(profile: Profile, config: ClientConfig) -> bool:
    """Trust Apple for the mailboxes it relays, and the domains the settings list."""
    return is_authority(profile, (OWN_DOMAIN, *config.email_domains))


APPLE = OidcPreset(
    "apple",
    "Apple",
    issuer="https://appleid.apple.com",
    scopes=("openid", "email"),
    profile_from=profile_from,
    trusts=trusts,
    posts_back=True,
)

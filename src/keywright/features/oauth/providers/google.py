"""Google: an OpenID provider that is an authority for mailboxes it runs."""

from keywright.features.oauth.providers.oidc import OidcPreset
from keywright.features.oauth.types import ClientConfig, Profile

OWN_DOMAINS = ("@gmail.com", "@googlemail.com")


def trusts(profile: Profile, config: ClientConfig) -> bool:
    """Trust Google for its own mailboxes and those of domains it manages.

    An address elsewhere was verified once, but may belong to somebody else by now.
    """
    del config
    if profile.email is None or not profile.is_email_verified:
        return False
    return bool(profile.hosted_domain) or profile.email.endswith(OWN_DOMAINS)


GOOGLE = OidcPreset(
    "google", "Google", issuer="https://accounts.google.com", trusts=trusts
)

"""GitLab, also on a server of your own."""

from keywright.features.oauth.providers.oidc import OidcPreset

GITLAB = OidcPreset("gitlab", "GitLab", issuer="https://gitlab.com")

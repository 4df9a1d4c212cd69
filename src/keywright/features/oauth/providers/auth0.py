"""Auth0: the issuer is `https://tenant.auth0.com/`, with its last slash."""

from keywright.features.oauth.providers.oidc import OidcPreset

AUTH0 = OidcPreset("auth0", "Auth0")

"""Keycloak: the issuer is `https://host/realms/name`."""

from keywright.features.oauth.providers.oidc import OidcPreset

KEYCLOAK = OidcPreset("keycloak", "Keycloak")

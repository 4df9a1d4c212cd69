"""Okta: the issuer is `https://company.okta.com`, or an authorization server of it."""

from keywright.features.oauth.providers.oidc import OidcPreset

OKTA = OidcPreset("okta", "Okta")

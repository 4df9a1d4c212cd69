"""Slack: people of a workspace."""

from keywright.features.oauth.providers.oidc import OidcPreset

SLACK = OidcPreset("slack", "Slack", issuer="https://slack.com")

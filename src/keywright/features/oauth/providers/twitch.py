"""Twitch: an OpenID provider that is told which claims to put into the token."""

import json

from keywright.features.oauth.providers.oidc import OidcPreset

WANTED = dict.fromkeys(("email", "email_verified", "preferred_username"))
TWITCH = OidcPreset(
    "twitch",
    "Twitch",
    issuer="https://id.twitch.tv/oauth2",
    scopes=("openid", "user:read:email"),
    further={"claims": json.dumps({"id_token": WANTED}, separators=(",", ":"))},
)

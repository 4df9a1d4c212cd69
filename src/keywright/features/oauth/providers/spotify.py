"""Spotify: OAuth 2.0 with one document; nobody has verified the address in it."""

from keywright.features.oauth.providers.plain import PlainPreset, documents, profile_by

SPOTIFY = PlainPreset(
    "spotify",
    "Spotify",
    issuer="https://accounts.spotify.com",
    api="https://api.spotify.com/v1",
    authorize="{base}/authorize",
    token="{base}/api/token",  # noqa: S106 - an address
    scopes=("user-read-email",),
    calls=documents(user="/me"),
    profile_from=profile_by(subject="id", names=("display_name",), email="email"),
    by_basic=True,
)

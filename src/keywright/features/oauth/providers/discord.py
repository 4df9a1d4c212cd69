"""Discord: OAuth 2.0 with one document."""

from keywright.features.oauth.providers.plain import PlainPreset, documents, profile_by

DISCORD = PlainPreset(
    "discord",
    "Discord",
    issuer="https://discord.com",
    api="https://discord.com/api/v10",
    authorize="{base}/oauth2/authorize",
    token="{api}/oauth2/token",  # noqa: S106 - an address
    scopes=("identify", "email"),
    calls=documents(user="/users/@me"),
    profile_from=profile_by(
        subject="id",
        names=("global_name", "username"),
        email="email",
        is_verified="verified",
    ),
)

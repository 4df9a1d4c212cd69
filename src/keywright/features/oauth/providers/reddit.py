"""Reddit: OAuth 2.0 with one document, without addresses."""

from keywright.features.oauth.providers.plain import PlainPreset, documents, profile_by

REDDIT = PlainPreset(
    "reddit",
    "Reddit",
    issuer="https://www.reddit.com",
    api="https://oauth.reddit.com/api/v1",
    authorize="{base}/api/v1/authorize",
    token="{base}/api/v1/access_token",  # noqa: S106 - an address
    scopes=("identity",),
    calls=documents(user="/me"),
    profile_from=profile_by(subject="id", names=("name",)),
    by_basic=True,
    further={"duration": "temporary"},
)

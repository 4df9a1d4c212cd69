"""X: OAuth 2.0 with one document, without addresses."""

from keywright.features.oauth.providers.claims import subject_of, text_of
from keywright.features.oauth.providers.plain import PlainPreset, documents, members_of
from keywright.features.oauth.types import Answers, ClientConfig, Profile


def profile_from(answers: Answers, config: ClientConfig) -> Profile:
    """Return the user, who stands one level deeper than elsewhere."""
    del config
    user = members_of(members_of(answers["user"]).get("data"))
    return Profile(
        subject=subject_of(user.get("id")),
        name=text_of(user.get("name")) or text_of(user.get("username")),
    )


X = PlainPreset(
    "x",
    "X",
    issuer="https://x.com",
    api="https://api.x.com/2",
    authorize="{base}/i/oauth2/authorize",
    token="{api}/oauth2/token",  # noqa: S106 - an address
    scopes=("users.read", "tweet.read"),
    calls=documents(user="/users/me"),
    profile_from=profile_from,
    by_basic=True,
)

"""GitHub: OAuth 2.0 with documents of its own; also an enterprise server."""

from collections.abc import Mapping

from keywright.features.oauth.providers.claims import subject_of, text_of
from keywright.features.oauth.providers.plain import (
    PlainPreset,
    members_of,
    rows_of,
)
from keywright.features.oauth.types import Answers, Call, ClientConfig, Profile


def calls(api: str, config: ClientConfig, token: str) -> Mapping[str, Call]:
    """Ask for the user, and apart from it for the addresses, which are not public."""
    del config, token
    return {"user": Call(f"{api}/user"), "emails": Call(f"{api}/user/emails")}


def profile_from(answers: Answers, config: ClientConfig) -> Profile:
    """Return the user with the address that is both primary and verified, if any.

    The public address in the profile is what somebody typed, so it is not read.
    """
    del config
    user = members_of(answers["user"])
    email = next(
        (
            text_of(row.get("email"))
            for row in rows_of(answers["emails"])
            if row.get("primary") is True and row.get("verified") is True
        ),
        "",
    )
    return Profile(
        subject=subject_of(user.get("id")),
        name=text_of(user.get("name")) or text_of(user.get("login")),
        email=email or None,
        is_email_verified=bool(email),
    )


def trusts(profile: Profile, config: ClientConfig) -> bool:
    """Trust what GitHub has verified by a mail of its own."""
    del config
    return profile.is_email_verified


GITHUB = PlainPreset(
    "github",
    "GitHub",
    issuer="https://github.com",
    api="https://api.github.com",
    own_api="{base}/api/v3",
    authorize="{base}/login/oauth/authorize",
    token="{base}/login/oauth/access_token",  # noqa: S106 - an address
    scopes=("read:user", "user:email"),
    calls=calls,
    profile_from=profile_from,
    trusts=trusts,
)

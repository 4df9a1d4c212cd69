"""Bitbucket: OAuth 2.0 with documents of its own."""

from keywright.features.oauth.providers.claims import subject_of, text_of
from keywright.features.oauth.providers.plain import (
    PlainPreset,
    documents,
    members_of,
    rows_of,
)
from keywright.features.oauth.types import Answers, ClientConfig, Profile


def profile_from(answers: Answers, config: ClientConfig) -> Profile:
    """Return the user with the address that is both primary and confirmed, if any."""
    del config
    user = members_of(answers["user"])
    email = next(
        (
            text_of(row.get("email"))
            for row in rows_of(members_of(answers["emails"]).get("values"))
            if row.get("is_primary") is True and row.get("is_confirmed") is True
        ),
        "",
    )
    return Profile(
        subject=subject_of(user.get("uuid")),
        name=text_of(user.get("display_name")) or text_of(user.get("username")),
        email=email or None,
        is_email_verified=bool(email),
    )


BITBUCKET = PlainPreset(
    "bitbucket",
    "Bitbucket",
    issuer="https://bitbucket.org",
    api="https://api.bitbucket.org/2.0",
    authorize="{base}/site/oauth2/authorize",
    token="{base}/site/oauth2/access_token",  # noqa: S106 - an address
    scopes=("account", "email"),
    calls=documents(user="/user", emails="/user/emails"),
    profile_from=profile_from,
    by_basic=True,
)

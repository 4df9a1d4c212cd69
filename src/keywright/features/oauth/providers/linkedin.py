"""LinkedIn: its ID tokens carry no nonce, so the userinfo document is read instead."""

from keywright.features.oauth.providers.plain import PlainPreset, documents, profile_by

LINKEDIN = PlainPreset(
    "linkedin",
    "LinkedIn",
    issuer="https://www.linkedin.com",
    api="https://api.linkedin.com/v2",
    authorize="{base}/oauth/v2/authorization",
    token="{base}/oauth/v2/accessToken",  # noqa: S106 - an address
    scopes=("openid", "profile", "email"),
    calls=documents(user="/userinfo"),
    profile_from=profile_by(
        subject="sub", names=("name",), email="email", is_verified="email_verified"
    ),
)

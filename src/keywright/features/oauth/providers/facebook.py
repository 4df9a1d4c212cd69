"""Facebook: the Graph interface; its addresses are never trusted."""

import hmac
from collections.abc import Mapping
from hashlib import sha256

from keywright.features.oauth.providers.claims import ClaimsRefused, subject_of, text_of
from keywright.features.oauth.providers.plain import PlainPreset, members_of
from keywright.features.oauth.types import Answers, Call, ClientConfig, Profile

VERSION = "v23.0"


def app_proof(config: ClientConfig, token: str) -> str:
    """Return what shows Graph that the app itself uses *token* (appsecret_proof)."""
    key = config.client_secret.encode()
    return hmac.new(key, token.encode("utf-8", "replace"), sha256).hexdigest()


def calls(api: str, config: ClientConfig, token: str) -> Mapping[str, Call]:
    """Ask for which app the token was made, then for its user."""
    return {
        "inspection": Call(
            f"{api}/debug_token",
            params={"input_token": token},
            bearer=f"{config.client_id}|{config.client_secret}",
        ),
        "user": Call(
            f"{api}/me",
            params={
                "fields": "id,name,email",
                "appsecret_proof": app_proof(config, token),
            },
        ),
    }


def profile_from(answers: Answers, config: ClientConfig) -> Profile:
    """Return the user of a token that was made for this app, and for no other."""
    seen = members_of(members_of(answers["inspection"]).get("data"))
    if seen.get("is_valid") is not True or seen.get("app_id") != config.client_id:
        raise ClaimsRefused("app_id")
    user = members_of(answers["user"])
    subject = subject_of(user.get("id"))
    if seen.get("user_id") != subject:
        raise ClaimsRefused("user_id")
    return Profile(
        subject=subject,
        name=text_of(user.get("name")),
        email=text_of(user.get("email")) or None,
    )


def trusts(profile: Profile, config: ClientConfig) -> bool:
    """Trust no address: Facebook does not say which ones it has verified."""
    del profile, config
    return False


FACEBOOK = PlainPreset(
    "facebook",
    "Facebook",
    issuer="https://www.facebook.com",
    api=f"https://graph.facebook.com/{VERSION}",
    own_api=f"{{base}}/{VERSION}",
    authorize=f"{{base}}/{VERSION}/dialog/oauth",
    token="{api}/oauth/access_token",  # noqa: S106 - an address
    scopes=("public_profile", "email"),
    calls=calls,
    profile_from=profile_from,
    trusts=trusts,
    names_audience=True,
)

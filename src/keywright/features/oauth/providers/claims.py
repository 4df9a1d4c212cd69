"""What is believed of an ID token, and of the documents behind an access token.

The claims are checked in full even though the token came over TLS from the token
endpoint: the same functions judge tokens that apps bring (OIDC Core 3.1.3.7).
"""

from base64 import urlsafe_b64encode
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from hmac import compare_digest

LEEWAY = timedelta(seconds=10)
LONGEST_SUBJECT = 255


class ClaimsRefused(Exception):
    """The provider's answer must not be believed; the text names the claim."""


def require_claims(
    claims: Mapping[str, object], *, issuer: str, client_id: str, now: datetime
) -> None:
    """Raise `ClaimsRefused` unless the token is this issuer's, for us, and of now.

    With several audiences, and wherever it is named, the authorized party is us.
    """
    if claims.get("iss") != issuer:
        raise ClaimsRefused("iss")
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    if client_id not in audiences:
        raise ClaimsRefused("aud")
    if claims.get("azp", client_id) != client_id:
        raise ClaimsRefused("azp")
    if len(audiences) > 1 and "azp" not in claims:
        raise ClaimsRefused("azp")
    if instant_of(claims, "exp") + LEEWAY <= now:
        raise ClaimsRefused("exp")
    if instant_of(claims, "iat") - LEEWAY > now:
        raise ClaimsRefused("iat")
    if "nbf" in claims and instant_of(claims, "nbf") - LEEWAY > now:
        raise ClaimsRefused("nbf")


def require_nonce(claims: Mapping[str, object], nonce: str) -> None:
    """Raise `ClaimsRefused` unless the token was made for our redirect."""
    said = claims.get("nonce")
    if not isinstance(said, str) or not _same(said, nonce):
        raise ClaimsRefused("nonce")


def require_apps_nonce(claims: Mapping[str, object], nonce: str) -> None:
    """Raise `ClaimsRefused` unless token and app agree on a nonce, or have none.

    Some platforms put the SHA-256 of the app's nonce into the token.
    """
    said = claims.get("nonce", "")
    hashed = sha256(nonce.encode("utf-8", "replace")).hexdigest()
    if not isinstance(said, str):
        raise ClaimsRefused("nonce")
    if not _same(said, nonce) and not (nonce and _same(said, hashed)):
        raise ClaimsRefused("nonce")


def require_access_hash(claims: Mapping[str, object], access_token: str) -> None:
    """Raise `ClaimsRefused` if the token names another access token (at_hash)."""
    if "at_hash" not in claims:
        return
    half = sha256(access_token.encode()).digest()[:16]
    said = claims["at_hash"]
    if not isinstance(said, str) or not _same(said, _base64url(half)):
        raise ClaimsRefused("at_hash")


def require_same_subject(
    claims: Mapping[str, object], userinfo: Mapping[str, object]
) -> None:
    """Raise `ClaimsRefused` unless both are about one user (OIDC Core 5.3.2)."""
    if subject_of(claims.get("sub")) != userinfo.get("sub"):
        raise ClaimsRefused("sub")


def subject_of(value: object) -> str:
    """Return a user's id at the provider, or raise `ClaimsRefused`.

    A text, or a whole number as some providers have them; never empty.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_SUBJECT:
        raise ClaimsRefused("sub")
    if not value.isprintable() or value != value.strip():
        raise ClaimsRefused("sub")
    return value


def instant_of(claims: Mapping[str, object], name: str) -> datetime:
    """Return the instant in a claim, or raise `ClaimsRefused`."""
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ClaimsRefused(name)
    try:
        return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        raise ClaimsRefused(name) from None


def text_of(value: object) -> str:
    """Return *value* if it is a text, else an empty one."""
    return value if isinstance(value, str) else ""


def code_challenge(verifier: str) -> str:
    """Return the S256 challenge of *verifier* (RFC 7636 4.2)."""
    return _base64url(sha256(verifier.encode()).digest())


def _same(said: str, expected: str) -> bool:
    return compare_digest(
        said.encode("utf-8", "replace"), expected.encode("utf-8", "replace")
    )


def _base64url(value: bytes) -> str:
    return urlsafe_b64encode(value).rstrip(b"=").decode("ascii")

"""JWTs of other issuers, read by their published keys (RFC 7515, 7517, RFC 8725).

The same order as for our own: size, strict compact form, algorithm from a list, key by
`kid` from the issuer's set, signature. Nothing in a header names key material; members
that only inform are ignored. What the claims must say is the caller's business.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey

from keywright.shared.secrets import from_text
from keywright.shared.strict_json import parse

MAX_TOKEN: Final = 16_384
MAX_KEYS: Final = 64
RSA_BITS: Final = 2048
FAMILIES: Final[Mapping[str, str]] = {
    "RS256": "RSA",
    "PS256": "RSA",
    "ES256": "EC",
    "EdDSA": "OKP",
}
"""The algorithms that can be allowed, and whose keys they take."""
KINDS: Final[Mapping[str, type[Key]]] = {"RSA": RSAKey, "EC": ECKey, "OKP": OKPKey}
_COMPACT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+", re.ASCII)


class ForeignTokenInvalid(Exception):
    """The token is not one of that issuer; the reason is for logs and tests."""


class KeyUnknown(ForeignTokenInvalid):
    """The set has no key of that name: it may have been published meanwhile."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key of an issuer; without *algorithm* for each its family knows."""

    kid: str | None
    family: str
    algorithm: str | None
    key: Key


def public_keys(document: object) -> tuple[PublicKey, ...]:
    """Return the signing keys in a JWK set; those that cannot be used are left out."""
    members = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(members, list):
        return ()
    found = [_public_key(member) for member in members[:MAX_KEYS]]
    return tuple(key for key in found if key is not None)


def read_claims(
    token: str, keys: Sequence[PublicKey], *, algorithms: Sequence[str]
) -> dict[str, object]:
    """Return the claims of *token*, or raise `ForeignTokenInvalid` or `KeyUnknown`.

    Only the signature was checked. A token without `kid` is taken only from an issuer
    with one key.
    """
    header = _header(token)
    algorithm = header.get("alg")
    if not isinstance(algorithm, str) or algorithm not in algorithms:
        raise ForeignTokenInvalid("alg")
    if "crit" in header or header.get("b64") is not None:
        raise ForeignTokenInvalid("crit")
    chosen = _choose(header.get("kid"), algorithm, keys)
    try:
        checked = jws.deserialize_compact(token, chosen.key, algorithms=[algorithm])
    except (JoseError, ValueError) as error:
        raise ForeignTokenInvalid(type(error).__name__) from None
    return _object(checked.payload)


def signing_input(token: str) -> bytes:
    """Return what the signature of *token* covers: the same for every spelling of it.

    Some signatures can be rewritten without the key, so that a token is known again by
    this part only.
    """
    return token.rpartition(".")[0].encode()


def _header(token: str) -> dict[str, object]:
    if len(token) > MAX_TOKEN or not _COMPACT.fullmatch(token):
        raise ForeignTokenInvalid("form")
    try:
        segments = [from_text(segment) for segment in token.split(".")]
    except ValueError:
        raise ForeignTokenInvalid("base64url") from None
    return _object(segments[0])


def _choose(kid: object, algorithm: str, keys: Sequence[PublicKey]) -> PublicKey:
    fitting = [
        key
        for key in keys
        if key.family == FAMILIES[algorithm]
        and key.algorithm in {None, algorithm}
        and (kid is None or key.kid == kid)
    ]
    if kid is None and len(keys) > 1:
        raise ForeignTokenInvalid("kid")
    if len(fitting) != 1:
        raise KeyUnknown("kid")
    return fitting[0]


def _public_key(member: object) -> PublicKey | None:
    if not isinstance(member, dict) or member.get("use", "sig") != "sig":
        return None
    kid, algorithm = member.get("kid"), member.get("alg")
    family = member.get("kty")
    if not isinstance(family, str) or family not in KINDS:
        return None
    if not isinstance(kid, str | None) or not isinstance(algorithm, str | None):
        return None
    public = {name: value for name, value in member.items() if name not in _PRIVATE}
    try:
        key = KINDS[family].import_key(json.loads(json.dumps(public)))
        is_short = isinstance(key, RSAKey) and key.public_key.key_size < RSA_BITS
    except (JoseError, ValueError, TypeError, KeyError):
        return None
    return None if is_short else PublicKey(kid, family, algorithm, key)


_PRIVATE: Final = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})


def _object(content: bytes) -> dict[str, object]:
    try:
        value = parse(content)
    except ValueError:
        raise ForeignTokenInvalid("json") from None
    if not isinstance(value, dict):
        raise ForeignTokenInvalid("json")
    return value

"""Typed JWTs: written, and read strictly (RFC 7519, RFC 8725).

One function reads all of our own tokens, in a fixed order: size, strict compact form,
header members, key by `kid`, that key's algorithm, signature, `typ`, then the claims.
Nothing in a token's header is ever used to find key material (ASVS V9.1.3).
"""

import json
import re
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from joserfc import jws
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import ECKey, Key, OctKey, OKPKey, RSAKey

from keywright.shared.secrets import digest, from_text, to_text
from keywright.shared.strict_json import parse

warnings.filterwarnings("ignore", "EdDSA is deprecated", SecurityWarning)

MAX_TOKEN = 8192
LEEWAY = timedelta(seconds=10)
ALGORITHMS = ("ES256", "EdDSA", "RS256", "HS256")
RSA_BITS = 3072
_COMPACT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+", re.ASCII)
_HEADER = frozenset({"alg", "kid", "typ"})
_TIMES = ("exp", "iat", "nbf")
_LATEST = 253_402_300_799


class TokenInvalid(Exception):
    """The token is not one of ours, or not valid now.

    The reason is for tests and debugging; clients are never told it.
    """


class KeyUnknown(TokenInvalid):
    """The token names a key that is not among those it is checked with."""


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key, its id and the one algorithm it is used with; the repr shows no key."""

    kid: str
    algorithm: str
    jwk: Key

    def __repr__(self) -> str:
        """Show the id and the algorithm."""
        return f"SigningKey({self.kid!r}, {self.algorithm!r})"


class VerifyingKeys:
    """The keys that one kind of token is checked with, by their ids."""

    def __init__(self, verifying: Iterable[SigningKey]) -> None:
        """Take the keys; raise ValueError for a mix of secrets and key pairs."""
        self._keys = {key.kid: key for key in verifying}
        _require_one_kind(self._keys.values())

    def find(self, kid: str) -> SigningKey | None:
        """Return the key named *kid*, or None."""
        return self._keys.get(kid)

    @property
    def ids(self) -> frozenset[str]:
        """Return the ids of the keys that verify."""
        return frozenset(self._keys)


class KeyRing(VerifyingKeys):
    """The keys of one kind of token: one that signs, all that verify."""

    def __init__(self, signing: SigningKey, verifying: Iterable[SigningKey]) -> None:
        """Take the key that signs and the keys that verify, usually it among them.

        Raise ValueError for a mix of shared secrets and key pairs (RFC 8725 3.1).
        """
        super().__init__(verifying)
        self.signing = signing
        _require_one_kind((signing, *self._keys.values()))

    def same_keys(self, other: "KeyRing") -> bool:
        """Say whether *other* signs and verifies with the same keys."""
        return self.signing.kid == other.signing.kid and self.ids == other.ids

    def jwks(self) -> dict[str, list[dict[str, object]]]:
        """Return the public keys as a JWK set (RFC 7517); shared secrets never."""
        return {
            "keys": [
                public_jwk(key)
                for key in self._keys.values()
                if key.algorithm != "HS256"
            ]
        }


def _require_one_kind(keys: Iterable[SigningKey]) -> None:
    if len({key.algorithm == "HS256" for key in keys}) > 1:
        message = "a key ring holds shared secrets or key pairs, not both"
        raise ValueError(message)


def shared_key(secret: bytes) -> SigningKey:
    """Return an HS256 key made of *secret*; its id is derived from the secret."""
    kid = to_text(digest(b"kid" + secret)[:6])
    return SigningKey(kid, "HS256", OctKey.import_key(secret))


def generate_key(algorithm: str) -> SigningKey:
    """Make a key for *algorithm*; its id is the RFC 7638 thumbprint.

    The id does not begin with a dash, so that it can be typed as an argument.
    """
    made = _make_key(algorithm)
    while made.thumbprint().startswith("-"):
        made = _make_key(algorithm)
    return SigningKey(made.thumbprint(), algorithm, made)


def _make_key(algorithm: str) -> Key:
    match algorithm:
        case "ES256":
            return ECKey.generate_key("P-256")
        case "EdDSA":
            return OKPKey.generate_key("Ed25519")
        case "RS256":
            return RSAKey.generate_key(RSA_BITS)
        case "HS256":
            return OctKey.generate_key(256)
        case _:
            message = f"the algorithm must be one of {', '.join(ALGORITHMS)}"
            raise ValueError(message)


def export_private(key: SigningKey) -> bytes:
    """Return the private JWK of *key* as JSON, to be sealed."""
    return json.dumps(key.jwk.as_dict(private=True)).encode()


def public_jwk(key: SigningKey) -> dict[str, object]:
    """Return the public part of *key* as a JWK (RFC 7517)."""
    return {
        **key.jwk.as_dict(private=False),
        "kid": key.kid,
        "alg": key.algorithm,
        "use": "sig",
    }


def pems(key: SigningKey) -> tuple[bytes, bytes]:
    """Return the private (PKCS #8) and the public part of *key* as PEM (RFC 7468).

    Raise ValueError for a shared secret, which has no public part.
    """
    if isinstance(key.jwk, OctKey):
        message = "a shared secret has no public key"
        raise ValueError(message)  # noqa: TRY004 - of a right type, without a pair
    return key.jwk.as_pem(private=True), key.jwk.as_pem(private=False)


def import_private(kid: str, algorithm: str, content: bytes) -> SigningKey:
    """Return the key that `export_private` wrote."""
    data = json.loads(content)
    kinds: dict[str, type[Key]] = {
        "ES256": ECKey,
        "EdDSA": OKPKey,
        "RS256": RSAKey,
        "HS256": OctKey,
    }
    return SigningKey(kid, algorithm, kinds[algorithm].import_key(data))


def write(claims: Mapping[str, object], *, typ: str, key: SigningKey) -> str:
    """Return *claims* signed by *key* in compact form, marked as a *typ* token."""
    header = {"alg": key.algorithm, "kid": key.kid, "typ": typ}
    payload = json.dumps(claims, separators=(",", ":")).encode()
    return jws.serialize_compact(header, payload, key.jwk, algorithms=[key.algorithm])


def read(
    token: str,
    *,
    typ: str,
    ring: VerifyingKeys,
    now: datetime | None,
    issuer: str | None = None,
    audience: str | None = None,
    required: Sequence[str] = ("sub",),
) -> dict[str, object]:
    """Return the claims of *token*, or raise `TokenInvalid`.

    The signature is checked before any claim is looked at. `exp` and `iat` are
    required, `nbf` is obeyed, each with ten seconds of leeway for clocks; without
    *now* they need only have the right form. `iss` and
    `aud` must equal *issuer* and *audience* exactly where these are given; each of
    *required* must be a non-empty string.
    """
    key = _key_for(token, typ=typ, ring=ring)
    try:
        checked = jws.deserialize_compact(token, key.jwk, algorithms=[key.algorithm])
    except (JoseError, ValueError) as error:
        raise TokenInvalid(type(error).__name__) from None
    claims = _json_object(checked.payload, what="claims")
    _check_times(claims, now=now)
    for name in required:
        if not isinstance(claims.get(name), str) or not claims[name]:
            raise TokenInvalid(name)
    if issuer is not None and claims.get("iss") != issuer:
        raise TokenInvalid("iss")
    if audience is not None and claims.get("aud") != audience:
        raise TokenInvalid("aud")
    return claims


def _key_for(token: str, *, typ: str, ring: VerifyingKeys) -> SigningKey:
    if len(token) > MAX_TOKEN or not _COMPACT.fullmatch(token):
        raise TokenInvalid("form")
    segments = token.split(".")
    try:
        decoded = [from_text(segment) for segment in segments]
    except ValueError:
        raise TokenInvalid("base64url") from None
    header = _json_object(decoded[0], what="header")
    kid = header.get("kid")
    if header.keys() != _HEADER or not isinstance(kid, str):
        raise TokenInvalid("header")
    key = ring.find(kid)
    if key is None:
        raise KeyUnknown("kid")
    if header["alg"] != key.algorithm:
        raise TokenInvalid("alg")
    if header["typ"] != typ:
        raise TokenInvalid("typ")
    return key


def _json_object(content: bytes, *, what: str) -> dict[str, object]:
    try:
        value = parse(content)
    except ValueError:
        raise TokenInvalid(what) from None
    if not isinstance(value, dict):
        raise TokenInvalid(what)
    return value


def _check_times(claims: Mapping[str, object], *, now: datetime | None) -> None:
    for name in _TIMES:
        value = claims.get(name)
        if value is None and name == "nbf":
            continue
        if not isinstance(value, int) or isinstance(value, bool):
            raise TokenInvalid(name)
        if not 0 <= value <= _LATEST:
            raise TokenInvalid(name)
        if now is not None and _is_wrong_time(name, value, now):
            raise TokenInvalid(name)


def _is_wrong_time(name: str, value: int, now: datetime) -> bool:
    leeway = LEEWAY.total_seconds()
    if name == "exp":
        return now.timestamp() >= value + leeway
    return now.timestamp() < value - leeway

"""Public keys as a JWK set (RFC 7517): read strictly, private parts never."""

from collections.abc import Mapping
from dataclasses import dataclass

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey

from keywright.shared.jwt import SigningKey, VerifyingKeys
from keywright.shared.secrets import from_text

MOST_KEYS = 50
LONGEST_KID = 200
RSA_BYTES = 256


@dataclass(frozen=True, slots=True)
class Kind:
    """What a key of one algorithm looks like."""

    key_type: str
    made: type[Key]
    members: tuple[str, ...]
    curve: str | None = None


KINDS: Mapping[object, Kind] = {
    "ES256": Kind("EC", ECKey, ("kty", "crv", "x", "y"), "P-256"),
    "EdDSA": Kind("OKP", OKPKey, ("kty", "crv", "x"), "Ed25519"),
    "RS256": Kind("RSA", RSAKey, ("kty", "n", "e")),
}


def verifying_keys(document: Mapping[str, object]) -> VerifyingKeys:
    """Return the keys in *document* that access tokens can be checked with.

    Keys for other uses or algorithms are left out, shared secrets above all; an id that
    stands twice, or no usable key at all, is a ValueError.
    """
    entries = document.get("keys")
    if not isinstance(entries, list) or len(entries) > MOST_KEYS:
        raise ValueError("no list of keys")
    found: dict[str, SigningKey] = {}
    for entry in entries:
        key = _key(entry) if isinstance(entry, dict) else None
        if key is None:
            continue
        if key.kid in found:
            raise ValueError("a key id stands twice")
        found[key.kid] = key
    if not found:
        raise ValueError("no key that can be used")
    return VerifyingKeys(found.values())


def _key(entry: Mapping[str, object]) -> SigningKey | None:
    algorithm, kid = entry.get("alg"), entry.get("kid")
    if not isinstance(algorithm, str) or entry.get("use", "sig") != "sig":
        return None
    kind = KINDS.get(algorithm)
    if kind is None or not isinstance(kid, str) or not 0 < len(kid) <= LONGEST_KID:
        return None
    if entry.get("kty") != kind.key_type or entry.get("crv") != kind.curve:
        return None
    public: dict[str, str | list[str]] = {
        name: str(entry.get(name, "")) for name in kind.members
    }
    try:
        if kind.made is RSAKey and len(from_text(str(public["n"]))) < RSA_BYTES:
            return None
        return SigningKey(kid, algorithm, kind.made.import_key(public))
    except (JoseError, ValueError, TypeError):
        return None

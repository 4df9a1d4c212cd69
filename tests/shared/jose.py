"""Tokens made by hand, part by part."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from keywright.shared.jwt import SigningKey, export_private
from keywright.shared.secrets import from_text, to_text
from tests.instants import NOW

Sign = Callable[[bytes], bytes]
SECONDS = int(NOW.timestamp())
CLAIMS: Mapping[str, object] = {
    "iss": "https://auth.example.com",
    "aud": "https://api.example.com",
    "sub": "ada",
    "iat": SECONDS,
    "nbf": SECONDS,
    "exp": SECONDS + 900,
}
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def segment(value: object) -> str:
    """Return *value* as one part of a token: bytes as they are, else as JSON."""
    return to_text(value if isinstance(value, bytes) else json.dumps(value).encode())


def token(header: object, claims: object, sign: Sign) -> str:
    """Return a token of these parts."""
    signed = f"{segment(header)}.{segment(claims)}"
    return f"{signed}.{to_text(sign(signed.encode()))}"


def header_for(key: SigningKey, **changes: object) -> dict[str, object]:
    """Return the header that is expected for *key*, with *changes*; None removes."""
    header = {"alg": key.algorithm, "kid": key.kid, "typ": "at+jwt", **changes}
    return {name: value for name, value in header.items() if value is not None}


def claims_with(**changes: object) -> dict[str, object]:
    """Return good claims with *changes*; None removes one."""
    claims = {**CLAIMS, **changes}
    return {name: value for name, value in claims.items() if value is not None}


def ec_private(key: SigningKey) -> ec.EllipticCurvePrivateKey:
    """Return the private part of an ES256 *key*."""
    jwk = json.loads(export_private(key))
    number = int.from_bytes(from_text(jwk["d"]), "big")
    return ec.derive_private_key(number, ec.SECP256R1())


def es256(private: ec.EllipticCurvePrivateKey) -> Sign:
    """Return what signs as ES256 wants it: r and s, 32 bytes each."""

    def sign(message: bytes) -> bytes:
        r, s = decode_dss_signature(private.sign(message, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    return sign


def seconds_of(instant: datetime) -> int:
    """Return *instant* as a NumericDate (RFC 7519)."""
    return int(instant.timestamp())

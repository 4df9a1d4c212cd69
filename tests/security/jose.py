"""Tokens made by hand: any header, any claims, any signature."""

import base64
import json
from collections.abc import Callable, Mapping
from hashlib import sha256, sha384, sha512
from hmac import digest

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

Sign = Callable[[bytes], bytes]
HASHES = {"HS256": sha256, "HS384": sha384, "HS512": sha512}
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def encode(value: object) -> str:
    """Return *value* as a segment: bytes as they are, anything else as JSON."""
    plain = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(plain).rstrip(b"=").decode()


def decode(segment: str) -> bytes:
    """Return the bytes of *segment*."""
    return base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4))


def header_of(token: str) -> dict[str, object]:
    """Return the header of *token*, unchecked."""
    header: dict[str, object] = json.loads(decode(token.split(".", maxsplit=1)[0]))
    return header


def claims_of(token: str) -> dict[str, object]:
    """Return the claims of *token*, unchecked."""
    claims: dict[str, object] = json.loads(decode(token.split(".")[1]))
    return claims


def signed(header: object, claims: object, sign: Sign) -> str:
    """Return a token of *header* and *claims*, which may be bytes, signed by *sign*."""
    message = f"{encode(header)}.{encode(claims)}"
    return f"{message}.{encode(sign(message.encode()))}"


def with_header(token: str, header: Mapping[str, object], sign: Sign) -> str:
    """Return the claims of *token* under its header changed by *header*."""
    return signed({**header_of(token), **header}, claims_of(token), sign)


def with_claims(token: str, claims: Mapping[str, object], sign: Sign) -> str:
    """Return *token* with its claims changed by *claims*; None removes one."""
    changed = {**claims_of(token), **claims}
    kept = {name: value for name, value in changed.items() if value is not None}
    return signed(header_of(token), kept, sign)


def by_hmac(algorithm: str, key: bytes) -> Sign:
    """Return what signs with a shared *key*."""
    return lambda message: digest(key, message, HASHES[algorithm])


def by_key(key: object) -> Sign:
    """Return what signs with a private *key* of a kind that the service uses."""
    match key:
        case ec.EllipticCurvePrivateKey():
            return lambda message: p1363(key.sign(message, ec.ECDSA(hashes.SHA256())))
        case ed25519.Ed25519PrivateKey():
            return key.sign
        case rsa.RSAPrivateKey():
            pkcs = padding.PKCS1v15()
            return lambda message: key.sign(message, pkcs, hashes.SHA256())
        case bytes():
            return by_hmac("HS256", key)
        case _:
            raise TypeError(type(key).__name__)


def p1363(der: bytes) -> bytes:
    """Return an ECDSA signature in the form that JWS wants."""
    r, s = decode_dss_signature(der)
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def nothing(_: bytes) -> bytes:
    """Sign nothing."""
    return b""

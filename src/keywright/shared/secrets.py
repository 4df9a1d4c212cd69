"""Random values, ids, digests and derived keys: the one source of randomness."""

import hashlib
import hmac
import secrets
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
BEFORE_ALL = UUID(int=0)
"""Stands before every id."""


def random_bytes(count: int) -> bytes:
    """Return *count* unpredictable bytes."""
    return secrets.token_bytes(count)


def random_fraction() -> float:
    """Return an unpredictable number from 0 up to 1, for jitter."""
    return secrets.randbelow(1 << 53) / (1 << 53)


def random_code(digits: int) -> str:
    """Return a decimal code of *digits* digits, leading zeros included."""
    return f"{secrets.randbelow(10**digits):0{digits}d}"


def new_id() -> UUID:
    """Return a UUIDv7 (RFC 9562): sorts by time, 74 random bits; not a secret."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds & ((1 << 48) - 1)) << 80 | secrets.randbits(80)
    value = value & ~(0xF << 76) | 0x7 << 76
    return UUID(int=value & ~(0x3 << 62) | 0x2 << 62)


def to_text(value: bytes) -> str:
    """Return *value* in base64url without padding (RFC 7515)."""
    return urlsafe_b64encode(value).rstrip(b"=").decode("ascii")


def from_text(text: str) -> bytes:
    """Return the bytes that `to_text` wrote; ValueError for any other spelling."""
    value = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    if to_text(value) != text:
        message = "not canonical base64url"
        raise ValueError(message)
    return value


def digest(value: bytes) -> bytes:
    """Return the SHA-256 of a random *value*; guessable values need `mac`."""
    return hashlib.sha256(value).digest()


def mac(key: bytes, *parts: bytes) -> bytes:
    """Return HMAC-SHA-256 over *parts*, each preceded by its length.

    The lengths keep ("ab", "c") apart from ("a", "bc").
    """
    state = hmac.new(key, digestmod=hashlib.sha256)
    for part in parts:
        state.update(len(part).to_bytes(4, "big"))
        state.update(part)
    return state.digest()


class MasterSecret:
    """The master secret and its predecessors, newest first.

    It is never used directly: each purpose has a key of its own, derived by
    HKDF-SHA-256 (RFC 5869) from a master and a label.
    """

    def __init__(self, masters: Sequence[bytes]) -> None:
        """Take *masters*, newest first, each of at least 32 bytes."""
        if not masters or any(len(master) < KEY_BYTES for master in masters):
            message = "a master secret has at least 32 bytes"
            raise ValueError(message)
        self._masters = tuple(masters)

    def __repr__(self) -> str:
        """Show how many masters there are, never what they are."""
        return f"MasterSecret({len(self._masters)} masked)"

    def keys(self, label: str) -> tuple[bytes, ...]:
        """Return the 32-byte keys for *label*, one per master, newest first."""
        return tuple(
            HKDF(SHA256(), KEY_BYTES, salt=None, info=label.encode()).derive(master)
            for master in self._masters
        )

    def key(self, label: str) -> bytes:
        """Return the newest key for *label*."""
        return self.keys(label)[0]

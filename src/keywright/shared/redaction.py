"""Keeps secrets out of what is logged, whoever logs them."""

import math
import re
from collections.abc import Collection, Mapping
from typing import Final

from pydantic import SecretBytes, SecretStr

MASK: Final = "[masked]"
LONGEST: Final = 2000
_DEPTH = 6
_SECRET_NAMES = re.compile(
    r"passw|passphrase|token|secret|authorization|cookie|otp|credential|api_?key"
    r"|private|digest|email|body",
    re.IGNORECASE,
)
_JWT = re.compile(r"\beyJ[\w-]{6,}(?:\.[\w-]*)*")
_SCHEME = re.compile(r"\b(Bearer|Basic)\s+[\w.~+/=-]+", re.IGNORECASE)
_USER_INFO = re.compile(r"(?<=://)[^/@\s]*@")


def is_secret_name(name: str) -> bool:
    """Say whether what is called *name* must not be read by others."""
    return _SECRET_NAMES.search(name) is not None


def redacted(value: object, *, depth: int = _DEPTH) -> object:
    """Return *value* as plain data, fit for a log, with everything secret masked.

    Bytes are told by their number only. Text is cut after 2000 characters.
    """
    match value:
        case None | bool() | int():
            return value
        case SecretStr() | SecretBytes():
            return MASK
        case bytes() | bytearray() | memoryview():
            return f"[{len(value)} bytes]"
        case Mapping() | list() | tuple() | set() | frozenset():
            return _members(value, depth - 1) if depth else "[...]"
        case float() if math.isfinite(value):
            return value
        case _:
            return redacted_text(str(value))


def redacted_text(text: str) -> str:
    """Return *text* without tokens, and without credentials in addresses."""
    text = text if len(text) <= LONGEST else f"{text[:LONGEST]}[...]"
    if "eyJ" in text:
        text = _JWT.sub(MASK, text)
    if "://" in text:
        text = _USER_INFO.sub(f"{MASK}@", text)
    return _SCHEME.sub(rf"\1 {MASK}", text)


def _members(value: Mapping[object, object] | Collection[object], depth: int) -> object:
    if not isinstance(value, Mapping):
        return [redacted(member, depth=depth) for member in value]
    return {
        str(name)[:100]: MASK
        if is_secret_name(str(name))
        else redacted(member, depth=depth)
        for name, member in value.items()
    }

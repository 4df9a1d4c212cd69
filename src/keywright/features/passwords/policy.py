"""Which passwords are taken (NIST SP 800-63B, ASVS V6.2).

Length counts, composition does not. A password is compared as typed: NFC (RFC 8265)
and nothing else, no trimming, no folding, no truncation.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Sequence

SHORTEST = 8
LONGEST = 256
Rule = Callable[[str, Sequence[str]], str | None]
"""Takes a normalised password and context words; returns what is wrong, or None."""

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_EDGES = re.compile(r"^[\d\W_]+|[\d\W_]+$")


def normalise(password: str) -> str:
    """Return *password* in NFC, the form that is hashed and compared."""
    return unicodedata.normalize("NFC", password)


def length_rule(shortest: int = SHORTEST) -> Rule:
    """Return the rule for *shortest* to 256 code points."""

    def rule(password: str, _: Sequence[str]) -> str | None:
        if shortest <= len(password) <= LONGEST:
            return None
        return f"must have {shortest} to {LONGEST} characters"

    return rule


def no_controls(password: str, _: Sequence[str]) -> str | None:
    """Refuse control characters, NUL among them."""
    found = _CONTROLS.search(password)
    return "must not contain control characters" if found else None


def not_common(common: Collection[str]) -> Rule:
    """Return the rule that refuses passwords known from breaches."""

    def rule(password: str, _: Sequence[str]) -> str | None:
        known = password.casefold() in common
        return "is one of the most common passwords" if known else None

    return rule


def no_context(password: str, words: Sequence[str]) -> str | None:
    """Refuse a context word (ASVS V6.2.11), bare or between digits and signs."""
    bare = _EDGES.sub("", password.casefold())
    whole = password.casefold()
    if any(word and word.casefold() in {bare, whole} for word in words):
        return "must not be your name, your address or the name of this service"
    return None


def problems(
    password: str, *, rules: Sequence[Rule], context: Sequence[str]
) -> list[str]:
    """Return everything that is wrong with a normalised *password*."""
    found = (rule(password, context) for rule in rules)
    return [problem for problem in found if problem is not None]

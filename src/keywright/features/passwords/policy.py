"""Which passwords are taken (NIST SP 800-63B, ASVS V6.2).

Length counts, composition does not, but for contracts that name `all_kinds`. A password
is compared as typed: NFC (RFC 8265) and nothing else, no trimming, no folding, no
truncation.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Sequence
from datetime import timedelta

from keywright.features.rate_limits.types import Limit

SIGN_INS = Limit("signin", 10, timedelta(minutes=15))
CHANGES = Limit("change-password", 5, timedelta(minutes=15))
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


def all_kinds(password: str, _: Sequence[str]) -> str | None:
    """Ask for an upper-case and a lower-case letter, a digit and another sign.

    Against NIST SP 800-63B and ASVS V6.2.5: for contracts that name such a rule only.
    """
    wanted = {
        "an upper-case letter": str.isupper,
        "a lower-case letter": str.islower,
        "a digit": str.isdecimal,
        "a sign that is neither letter nor digit": _is_sign,
    }
    missing = [name for name, test in wanted.items() if not any(map(test, password))]
    return f"must contain {', '.join(missing)}" if missing else None


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


def _is_sign(character: str) -> bool:
    return not character.isalnum()


def problems(
    password: str, *, rules: Sequence[Rule], context: Sequence[str]
) -> list[str]:
    """Return everything that is wrong with a normalised *password*."""
    found = (rule(password, context) for rule in rules)
    return [problem for problem in found if problem is not None]

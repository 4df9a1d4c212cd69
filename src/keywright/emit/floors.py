"""The least versions that requirements ask for: compared, and raised."""

import re
from typing import Final

_FLOOR: Final = re.compile(r"(>=\s*)(\d+(?:\.\d+)*)(?![\w.*+!-])")
_LIMIT: Final = re.compile(r"(===?|~=|<=?|\^|~|(?<=\s)(?=\d))\s*(\d+(?:\.\d+)*)")


def _number(version: str) -> tuple[int, ...]:
    parts = [int(part) for part in version.split(".")]
    while parts and not parts[-1]:
        parts.pop()
    return tuple(parts)


def floor(requirement: str) -> str | None:
    """Return the least version in *requirement*, None if it names none plainly."""
    found = _FLOOR.search(requirement.partition(";")[0])
    return found.group(2) if found else None


def raised(requirement: str, wanted: str) -> str:
    """Return *requirement* asking for no less than *wanted* does.

    A version that is pinned or bounded from above stays as it is: see `falls_short`.
    """
    least, asked = floor(wanted), floor(requirement)
    if least is None or asked is None or _number(asked) >= _number(least):
        return requirement
    if falls_short(requirement, wanted):
        return requirement
    return _FLOOR.sub(rf"\g<1>{least}", requirement, count=1)


def falls_short(requirement: str, wanted: str) -> bool:
    """Say whether *requirement* admits no version that *wanted* needs."""
    least = floor(wanted)
    if least is None:
        return False
    needed = _number(least)
    plain = requirement.partition(";")[0]
    return any(
        _excludes(operator, _number(version), needed, version)
        for operator, version in _LIMIT.findall(plain)
    )


def _excludes(
    operator: str, bound: tuple[int, ...], needed: tuple[int, ...], text: str
) -> bool:
    match operator:
        case "==" | "===" | "<=":
            return bound < needed
        case "<":
            return bound <= needed
        case "~=" | "~":
            kept = _padded(text)[: max(text.count("."), 1)]
            return needed[: len(kept)] > kept
        case "^":
            kept = _padded(text)[: 1 + _zeros(text)]
            return needed[: len(kept)] > kept
        case _:
            return False


def _padded(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split("."))


def _zeros(text: str) -> int:
    """Return how many parts are 0 before one that is not."""
    parts = _padded(text)
    return next((at for at, part in enumerate(parts) if part), len(parts) - 1)

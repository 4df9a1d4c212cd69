"""JSON, read more strictly than the standard library does (ASVS V1.5.3)."""

import json
import math
from typing import NoReturn

MAX_DEPTH = 32


def parse(content: bytes) -> object:
    """Return the value in *content*, or raise ValueError.

    UTF-8 without a byte order mark only, no member twice, no NaN or Infinity, no
    number too large for a float, no nesting deeper than 32.
    """
    text = content.decode("utf-8")
    try:
        value = json.loads(
            text,
            object_pairs_hook=_members,
            parse_constant=_refuse_constant,
            parse_float=_finite,
        )
    except RecursionError:
        message = "nested too deeply"
        raise ValueError(message) from None
    _refuse_depth(value, MAX_DEPTH)
    return value


def _members(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        message = "a member stands twice"
        raise ValueError(message)
    return members


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        message = "a number is too large"
        raise ValueError(message)
    return number


def _refuse_depth(value: object, left: int) -> None:
    if not isinstance(value, (dict, list)):
        return
    if not left:
        message = "nested too deeply"
        raise ValueError(message)
    for inner in value.values() if isinstance(value, dict) else value:
        _refuse_depth(inner, left - 1)

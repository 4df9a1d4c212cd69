"""A database that blueprints are tested on."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

SettingsPart = dict[str, object]


@dataclass(frozen=True, slots=True)
class Place:
    """How to get the address of a database, and to make what is missing in there.

    *url* takes a folder and the suffix that those name who share a database; it is
    empty when it is first asked for.
    """

    url: Callable[[Path, str], str]
    make: Callable[[str], Awaitable[None]]

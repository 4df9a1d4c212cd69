"""What stores are tested on."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, fields
from pathlib import Path

from tests.contracts.stores import Place, Stores

ALL = frozenset(field.name for field in fields(Stores))
Open = Callable[[Path, bool], AbstractAsyncContextManager[Place]]


@dataclass(frozen=True, slots=True)
class Backend:
    """How to open a backend in a folder, anew or as it stands.

    *has* names the stores it is tested with. A *shared* one is seen by other processes.
    In one that *forgets*, rows go by themselves and `purge` finds none.
    """

    open: Open
    has: frozenset[str] = ALL
    shared: bool = True
    forgets: bool = False

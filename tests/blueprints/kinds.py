"""The blueprints under test, and the variants of each."""

from collections.abc import Collection

from tests.blueprints.compositions import KINDS
from tests.blueprints.kind import (
    AUTH_SERVICE,
    HYBRID,
    STARTER,
    STATEFUL,
    STATELESS,
    Kind,
)
from tests.blueprints.storages import ANY, STORAGES

__all__ = [
    "AUTH_SERVICE",
    "HYBRID",
    "INCLUDED",
    "KINDS",
    "STARTER",
    "STATEFUL",
    "STATELESS",
    "Kind",
    "taken_apart",
    "variants",
]

INCLUDED = "included"
PLAINEST = "sqlite"
"""Named for what is shown on one storage, whichever; another stands in for it."""


def variants(blueprint: str, only: Collection[str] | None = None) -> list[str]:
    """Return the variants of *blueprint*: its storages, and inclusion on one of them.

    *only* leaves others out. Those of hybrid-auth are the storages' names alone.
    """
    if blueprint not in KINDS:
        return []
    storages = [name for name in KINDS[blueprint].storages if name in STORAGES]
    every = [*storages, INCLUDED]
    if only is not None:
        named = {ANY if one == PLAINEST else one for one in only}
        every = [name for name in every if name in named]
    return every if blueprint == HYBRID else [f"{blueprint}:{name}" for name in every]


def taken_apart(variant: str) -> tuple[str, str]:
    """Return the blueprint and the storage, or `INCLUDED`, that *variant* names."""
    blueprint, _, storage = variant.rpartition(":")
    return blueprint or HYBRID, storage

"""The blueprints under test, and what is different about their requests."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, FastAPI

from keywright.blueprints.foundation.settings import AuthSettings
from keywright.blueprints.foundation.types import Sessions, Stores
from keywright.blueprints.hybrid_auth.app import create_app as create_hybrid_app
from keywright.blueprints.hybrid_auth.app import create_router as create_hybrid_router
from keywright.blueprints.hybrid_auth.settings import Settings as HybridSettings
from keywright.blueprints.hybrid_auth.storage import open_stores as open_hybrid_stores
from keywright.blueprints.stateful_auth.app import create_app as create_stateful_app
from keywright.blueprints.stateful_auth.app import (
    create_router as create_stateful_router,
)
from keywright.blueprints.stateful_auth.settings import Settings as StatefulSettings
from keywright.blueprints.stateful_auth.storage import (
    open_stores as open_stateful_stores,
)
from keywright.blueprints.stateless_auth.app import create_app as create_stateless_app
from keywright.blueprints.stateless_auth.app import (
    create_router as create_stateless_router,
)
from keywright.blueprints.stateless_auth.settings import Settings as StatelessSettings
from keywright.blueprints.stateless_auth.storage import (
    open_stores as open_stateless_stores,
)
from tests.blueprints.storages import STORAGES

HYBRID = "hybrid-auth"
STATEFUL = "stateful-auth"
STATELESS = "stateless-auth"
INCLUDED = "included"


@dataclass(frozen=True, slots=True)
class Kind:
    """A blueprint: how it is made, where it answers, and on which storages it runs.

    *base* is below what the paths of clients lie, *sign_in* and *refresh* are among
    those. *cookies* hold credentials. One that *looks* at the session with every
    request sees at once that it has ended. One that *takes_files* is given a store of
    pictures.
    """

    settings: type[AuthSettings]
    create_app: Callable[..., FastAPI]
    create_router: Callable[..., APIRouter]
    open_stores: Callable[[Any], Awaitable[Stores[Sessions]]]
    base: str = "/api/v1/auth"
    sign_in: str = "/signin"
    refresh: str | None = "/refresh-token"
    cookies: tuple[str, ...] = ("accessToken", "refreshToken")
    looks: bool = True
    storages: Sequence[str] = tuple(STORAGES)
    takes_files: bool = False


KINDS: Mapping[str, Kind] = {
    HYBRID: Kind(
        settings=HybridSettings,
        create_app=create_hybrid_app,
        create_router=create_hybrid_router,
        open_stores=open_hybrid_stores,
        takes_files=True,
    ),
    STATEFUL: Kind(
        settings=StatefulSettings,
        create_app=create_stateful_app,
        create_router=create_stateful_router,
        open_stores=open_stateful_stores,
        refresh=None,
        cookies=("sid",),
        takes_files=True,
    ),
    STATELESS: Kind(
        settings=StatelessSettings,
        create_app=create_stateless_app,
        create_router=create_stateless_router,
        open_stores=open_stateless_stores,
        storages=("sqlite", "postgres", "mysql", "mongo"),
        takes_files=True,
    ),
}


def variants(blueprint: str, only: Collection[str] | None = None) -> list[str]:
    """Return the variants of *blueprint*: its storages, and inclusion on SQLite.

    *only* leaves others out. Those of hybrid-auth are the storages' names alone.
    """
    every = [*KINDS[blueprint].storages, INCLUDED]
    names = [name for name in every if only is None or name in only]
    return names if blueprint == HYBRID else [f"{blueprint}:{name}" for name in names]


def taken_apart(variant: str) -> tuple[str, str]:
    """Return the blueprint and the storage, or `INCLUDED`, that *variant* names."""
    blueprint, _, storage = variant.rpartition(":")
    return blueprint or HYBRID, storage

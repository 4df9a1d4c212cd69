"""The blueprints under test, and what is different about their requests."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, FastAPI

from keywright.blueprints.auth_service.app import create_app as create_token_app
from keywright.blueprints.auth_service.app import create_router as create_token_router
from keywright.blueprints.auth_service.settings import Settings as TokenServiceSettings
from keywright.blueprints.auth_service.storage import open_stores as open_token_stores
from keywright.blueprints.backend_starter.app import create_app as create_starter_app
from keywright.blueprints.backend_starter.app import (
    create_router as create_starter_router,
)
from keywright.blueprints.backend_starter.settings import Settings as StarterSettings
from keywright.blueprints.backend_starter.storage import (
    open_stores as open_starter_stores,
)
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
AUTH_SERVICE = "auth-service"
STARTER = "backend-starter"
INCLUDED = "included"


DATABASES = ("sqlite", "postgres", "mysql", "mongo")


@dataclass(frozen=True, slots=True)
class Kind:
    """A blueprint: how it is made, where it answers, and on which storages it runs.

    *base* is below what the paths of clients lie; *sign_in*, *refresh* and *me*, which
    shows the user, are among those. *cookies* hold credentials, the last of them what
    keeps the session, for *cookie_path*. One that *looks* at the session with every
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
    me: str = "/profile"
    cookies: tuple[str, ...] = ("accessToken", "refreshToken")
    cookie_path: str = "/"
    looks: bool = True
    storages: Sequence[str] = tuple(STORAGES)
    databases: str = ""
    """Names its databases: two rings of keys for different algorithms need two."""
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
    AUTH_SERVICE: Kind(
        settings=TokenServiceSettings,
        create_app=create_token_app,
        create_router=create_token_router,
        open_stores=open_token_stores,
        base="/auth",
        sign_in="/login",
        refresh="/refresh",
        me="/self",
        cookies=("access_token", "refresh_token"),
        storages=DATABASES,
        databases="tokens",
    ),
    STARTER: Kind(
        settings=StarterSettings,
        create_app=create_starter_app,
        create_router=create_starter_router,
        open_stores=open_starter_stores,
        base="/v1/auth",
        sign_in="/login",
        refresh="/refresh",
        me="/me",
        cookies=("rt",),
        cookie_path="/v1/auth",
        storages=DATABASES,
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

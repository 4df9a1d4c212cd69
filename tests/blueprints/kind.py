"""What is different about the requests of a blueprint, and the blueprints' names."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from fastapi import APIRouter, FastAPI

from keywright.blueprints.foundation.settings import AuthSettings
from keywright.blueprints.foundation.types import Stores
from keywright.features.sessions.store import OpenSessions

HYBRID = "hybrid-auth"
STATEFUL = "stateful-auth"
STATELESS = "stateless-auth"
AUTH_SERVICE = "auth-service"
STARTER = "backend-starter"
ENVELOPED = "/api/v1/auth"
"""Below this lie the paths of the blueprints with an envelope."""

DATABASES = ("sqlite", "postgres", "mysql", "mongo")
STORAGES = (
    "sqlite",
    "postgres",
    "sqlite+redis",
    "postgres+redis",
    "sqlite+cluster",
    "mysql",
    "mysql+redis",
    "mongo",
    "mongo+redis",
)


class Loading(Protocol):
    """A part that loads anew what it keeps, as time passes."""

    async def load(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Kind:
    """A blueprint: how it is made, where it answers, and on which storages it runs.

    *base* is below what the paths of clients lie; *sign_in*, *refresh* and *me*, which
    shows the user, are among those. *cookies* hold credentials, the last of them what
    keeps the session, for *cookie_path*. One that *looks* at the session with every
    request sees at once that it has ended. One with *files* is given such a store of
    pictures. Its parts *on_time* load anew when the clock of the tests moves. Hosts
    that include it have the routers *beside* it, too.
    """

    settings: type[AuthSettings]
    create_app: Callable[..., FastAPI]
    create_router: Callable[..., APIRouter]
    open_stores: Callable[[Any], Awaitable[Stores[OpenSessions]]]
    base: str = ENVELOPED
    sign_in: str = "/signin"
    refresh: str | None = "/refresh-token"
    me: str = "/profile"
    cookies: tuple[str, ...] = ("accessToken", "refreshToken")
    cookie_path: str = "/"
    looks: bool = True
    storages: Sequence[str] = STORAGES
    databases: str = ""
    """Names its databases: two rings of keys for different algorithms need two."""
    files: Callable[[], object] | None = None
    on_time: Sequence[type[Loading]] = ()
    beside: Sequence[APIRouter] = ()

"""The blueprints that can be served; each module of one is imported when it is used.

Which form answers have is decided when the modules of routes are imported, so
`create_app` may be called only once `AUTH_RESPONSES` is settled.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, cast

from keywright.blueprints.foundation.settings import AuthSettings
from keywright.senders.mail import Mailer

if TYPE_CHECKING:
    from fastapi import FastAPI

    from keywright.blueprints.foundation.types import Auth, Stores
    from keywright.features.sessions.store import OpenSessions


@dataclass(frozen=True, slots=True)
class Blueprint:
    """A blueprint by the name that users know."""

    name: str

    @property
    def settings(self) -> type[AuthSettings]:
        """Return the class of its settings."""
        return cast("type[AuthSettings]", self._member("settings", "Settings"))

    @property
    def port(self) -> int:
        """Return the port that it listens on unless told otherwise."""
        return cast("int", self.settings.model_fields["port"].default)

    def create_app(
        self, settings: AuthSettings, *, mailer: Mailer | None = None
    ) -> "FastAPI":
        """Return its application; *settings* are of its own class."""
        create = cast("Callable[..., FastAPI]", self._member("app", "create_app"))
        return create(settings, mailer=mailer)

    async def open_auth(self, settings: AuthSettings) -> "Auth":
        """Open everything it has; *settings* are of its own class."""
        open_it = cast(
            "Callable[[AuthSettings], Awaitable[Auth]]",
            self._member("composition", "open_auth"),
        )
        return await open_it(settings)

    async def open_stores(self, settings: AuthSettings) -> "Stores[OpenSessions]":
        """Open its stores alone; *settings* are of its own class."""
        open_them = cast(
            "Callable[[AuthSettings], Awaitable[Stores[OpenSessions]]]",
            self._member("storage", "open_stores"),
        )
        return await open_them(settings)

    def _member(self, module: str, name: str) -> object:
        folder = self.name.replace("-", "_")
        found = import_module(f"keywright.blueprints.{folder}.{module}")
        return cast("object", getattr(found, name))


DEFAULT: Final = "hybrid-auth"
BLUEPRINTS: Final[Mapping[str, Blueprint]] = MappingProxyType(
    {
        name: Blueprint(name)
        for name in (
            DEFAULT,
            "stateful-auth",
            "stateless-auth",
            "auth-service",
            "backend-starter",
        )
    }
)


def blueprint_of(settings: AuthSettings) -> Blueprint:
    """Return the blueprint that *settings* are those of."""
    return BLUEPRINTS[settings.blueprint]

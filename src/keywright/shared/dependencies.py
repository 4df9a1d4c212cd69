"""How a route reaches what the composition root built."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar, cast

from fastapi import Request

T = TypeVar("T")


class Services:
    """What a blueprint built, by type; set once as `app.state.auth`."""

    def __init__(self, built: Mapping[type, object]) -> None:
        """Take everything that routes ask for."""
        self._built = dict(built)

    def get(self, kind: type[T]) -> T:
        """Return the *kind* that was built, or raise KeyError."""
        return cast("T", self._built[kind])  # filled by type in the composition root

    def find(self, kind: type[T]) -> T | None:
        """Return the *kind* that was built, or None."""
        return cast("T | None", self._built.get(kind))  # as above


def services_of(request: Request) -> Services:
    """Return the services of the application that serves *request*."""
    return cast("Services", request.app.state.auth)  # state is untyped


def provide(kind: type[T]) -> Callable[[Request], Awaitable[T]]:
    """Return a dependency on the *kind* that was built."""

    async def provided(request: Request) -> T:
        return services_of(request).get(kind)

    return provided

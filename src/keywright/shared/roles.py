"""Routes for some roles only."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Protocol, TypeVar

from fastapi import Depends, Request

from keywright.shared.errors import NotAllowed
from keywright.shared.routing import for_route


class HasRole(Protocol):
    """Whoever sends a request."""

    @property
    def role(self) -> str:
        """Return the role as it is now."""
        ...


Sender = TypeVar("Sender", bound=HasRole)
Guard = Callable[[Request, Sender], Awaitable[Sender]]


def guard_of(
    current: Callable[..., Awaitable[Sender]],
) -> Callable[..., Guard[Sender]]:
    """Return `require_role`, whose dependencies ask *current* who sends a request.

    `require_role("admin")` passes that on, or refuses with 403. The role is read with
    every request: a change takes effect on the next one.
    """

    def require_role(*roles: str) -> Guard[Sender]:
        async def sender_with_role(
            request: Request, sender: Annotated[Sender, Depends(current)]
        ) -> Sender:
            if sender.role not in roles:
                raise for_route(request, NotAllowed())
            return sender

        return sender_with_role

    return require_role

"""Users as shown, with their ways in."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from fastapi import Request

from keywright.features.users.schemas import UserView, user_view
from keywright.features.users.types import User
from keywright.shared.dependencies import services_of


@dataclass(frozen=True, slots=True)
class WaysIn:
    """Names the providers by which a user may sign in, where there are any."""

    of_user: Callable[[UUID], Awaitable[Sequence[str]]]


async def shown(request: Request, user: User) -> UserView:
    """Return *user* as shown; without providers where the service has none."""
    ways = services_of(request).find(WaysIn)
    return user_view(user, tuple(await ways.of_user(user.id)) if ways else ())

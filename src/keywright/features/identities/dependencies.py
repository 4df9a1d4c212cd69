"""Users as shown, with their ways in."""

from fastapi import Request

from keywright.features.identities.service import Identities
from keywright.features.users.schemas import UserView, user_view
from keywright.features.users.types import User
from keywright.shared.dependencies import services_of


async def shown(request: Request, user: User) -> UserView:
    """Return *user* as shown; without providers where the service has none."""
    identities = services_of(request).find(Identities)
    linked = await identities.of_user(user.id) if identities else ()
    return user_view(user, tuple(one.provider for one in linked))

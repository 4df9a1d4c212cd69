"""GET and PATCH profile."""

from typing import Annotated

from fastapi import APIRouter, Depends

from keywright.features.profile.schemas import ProfileRequest, ProfileView
from keywright.features.profile.service import Profile
from keywright.features.sessions.dependencies import CurrentPrincipal
from keywright.features.sessions.errors import SessionEnded
from keywright.features.users.schemas import user_view
from keywright.shared.dependencies import provide
from keywright.shared.errors import NotSignedIn, ValidationFailed
from keywright.shared.responses import AuthRoute, Reply, refusals, reply

router = APIRouter(route_class=AuthRoute, tags=["profile"])


@router.get("/profile", responses=refusals(NotSignedIn, SessionEnded))
async def get_profile(principal: CurrentPrincipal) -> Reply[ProfileView]:
    """Show the signed-in user."""
    return reply("Your profile.", ProfileView(user=user_view(principal.user)))


@router.patch(
    "/profile", responses=refusals(NotSignedIn, SessionEnded, ValidationFailed)
)
async def change_profile(
    body: ProfileRequest,
    principal: CurrentPrincipal,
    profile: Annotated[Profile, Depends(provide(Profile))],
) -> Reply[ProfileView]:
    """Change what is given; role, address and state cannot be changed here."""
    user = principal.user
    if body.name is not None:
        user = await profile.rename(user, body.name)
    return reply("Your profile was changed.", ProfileView(user=user_view(user)))

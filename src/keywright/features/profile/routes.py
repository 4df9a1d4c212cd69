"""GET and PATCH profile; the latter where there are no pictures to take."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from keywright.features.profile.schemas import ProfileRequest, ProfileView
from keywright.features.profile.service import Profile
from keywright.features.sessions.dependencies import CurrentPrincipal, authenticated
from keywright.features.sessions.errors import SessionEnded
from keywright.features.users.dependencies import shown
from keywright.shared.dependencies import provide
from keywright.shared.errors import NotSignedIn
from keywright.shared.errors import ValidationFailed as Invalid
from keywright.shared.responses import AuthRoute, Reply, refusals, reply
from keywright.shared.routing import written

router = APIRouter(route_class=AuthRoute, tags=["profile"])
changes = APIRouter(route_class=AuthRoute, tags=["profile"])
"""PATCH by itself: an application with pictures has one that also takes a form."""
ProfileService = Annotated[Profile, Depends(provide(Profile))]


@router.get(
    "/profile",
    response_model=Reply[ProfileView],
    responses=refusals(NotSignedIn, SessionEnded),
)
async def get_profile(request: Request) -> Response:
    """Show the signed-in user."""
    principal = await authenticated(request)
    user = await shown(request, principal.user)
    return written(reply("Your profile.", ProfileView(user=user)))


@changes.patch("/profile", responses=refusals(NotSignedIn, SessionEnded, Invalid))
async def change_profile(
    request: Request,
    principal: CurrentPrincipal,
    body: ProfileRequest,
    profile: ProfileService,
) -> Reply[ProfileView]:
    """Change what is given; role, address and state cannot be changed here."""
    user = await profile.change(principal.user, body.name)
    return reply(
        "Your profile was changed.", ProfileView(user=await shown(request, user))
    )

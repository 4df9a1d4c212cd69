"""GET and PATCH profile, DELETE profile/avatar, and the pictures themselves."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request, Response

from keywright.features.identities.dependencies import shown
from keywright.features.profile.dependencies import ProfileRoute, RequestedChange
from keywright.features.profile.errors import MalformedForm, PictureNotSupported
from keywright.features.profile.policy import is_file_name
from keywright.features.profile.schemas import PROFILE_BODY, ProfileView
from keywright.features.profile.service import Profile
from keywright.features.rate_limits.errors import RateLimited
from keywright.features.sessions.dependencies import CurrentPrincipal
from keywright.features.sessions.errors import SessionEnded
from keywright.senders.files import ATTACHMENT, CACHE_FOR_EVER
from keywright.shared.dependencies import provide
from keywright.shared.errors import Busy, NotAllowed, NotFound, NotSignedIn
from keywright.shared.errors import ValidationFailed as Invalid
from keywright.shared.pictures import MEDIA_TYPE
from keywright.shared.responses import Reply, refusals, reply

router = APIRouter(route_class=ProfileRoute, tags=["profile"])
ProfileService = Annotated[Profile, Depends(provide(Profile))]
AS_PICTURE: Final = frozenset({"", "image", "empty", "document"})
"""What a browser may want a picture for (Fetch Metadata); a document is saved."""

PICTURE_HEADERS: Final = {
    "Cache-Control": CACHE_FOR_EVER,
    "Content-Disposition": ATTACHMENT,
    "Content-Security-Policy": (
        "default-src 'none'; sandbox; frame-ancestors 'none'; base-uri 'none'; "
        "form-action 'none'; object-src 'none'"
    ),
    "Cross-Origin-Resource-Policy": "cross-origin",
}


@router.get("/profile", responses=refusals(NotSignedIn, SessionEnded))
async def get_profile(
    request: Request, principal: CurrentPrincipal
) -> Reply[ProfileView]:
    """Show the signed-in user."""
    return reply(
        "Your profile.", ProfileView(user=await shown(request, principal.user))
    )


@router.patch(
    "/profile",
    openapi_extra=PROFILE_BODY,
    responses=refusals(
        NotSignedIn,
        SessionEnded,
        Invalid,
        MalformedForm,
        PictureNotSupported,
        RateLimited,
        Busy,
    ),
)
async def change_profile(
    request: Request,
    principal: CurrentPrincipal,
    change: RequestedChange,
    profile: ProfileService,
) -> Reply[ProfileView]:
    """Change what is given; role, address and state cannot be changed here."""
    user = await profile.change(principal.user, change)
    return reply(
        "Your profile was changed.", ProfileView(user=await shown(request, user))
    )


@router.delete("/profile/avatar", responses=refusals(NotSignedIn, SessionEnded, Busy))
async def remove_avatar(
    request: Request, principal: CurrentPrincipal, profile: ProfileService
) -> Reply[ProfileView]:
    """Remove the picture; without one nothing happens."""
    user = await profile.remove_avatar(principal.user)
    return reply(
        "Your picture was removed.", ProfileView(user=await shown(request, user))
    )


@router.get(
    "/avatars/{name}",
    response_class=Response,
    responses={
        200: {"content": {MEDIA_TYPE: {}}, "description": "The picture"},
        **refusals(NotFound, NotAllowed, Invalid),
    },
)
async def get_avatar(name: str, request: Request, profile: ProfileService) -> Response:
    """Show a picture to whoever knows its random name."""
    if request.headers.get("sec-fetch-dest", "") not in AS_PICTURE:
        raise NotAllowed
    content = await profile.files.read(name) if is_file_name(name) else None
    if content is None:
        raise NotFound
    return Response(content, media_type=MEDIA_TYPE, headers=PICTURE_HEADERS)

"""PATCH profile, DELETE profile/avatar, and the pictures themselves."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request, Response

from keywright.features.avatars.dependencies import PictureRoute, RequestedChange
from keywright.features.avatars.errors import MalformedForm, PictureNotSupported
from keywright.features.avatars.policy import is_file_name
from keywright.features.avatars.schemas import PROFILE_BODY
from keywright.features.avatars.service import UserPictures
from keywright.features.profile.schemas import ProfileView
from keywright.features.rate_limits.errors import RateLimited
from keywright.features.sessions.dependencies import CurrentPrincipal
from keywright.features.sessions.errors import SessionEnded
from keywright.features.users.dependencies import shown
from keywright.senders.files import ATTACHMENT, CACHE_FOR_EVER
from keywright.shared.dependencies import provide
from keywright.shared.errors import Busy, NotAllowed, NotFound, NotSignedIn
from keywright.shared.errors import ValidationFailed as Invalid
from keywright.shared.pictures import MEDIA_TYPE
from keywright.shared.responses import Reply, refusals, reply

router = APIRouter(route_class=PictureRoute, tags=["profile"])
Taken = Annotated[UserPictures, Depends(provide(UserPictures))]
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
    pictures: Taken,
) -> Reply[ProfileView]:
    """Change what is given; role, address and state cannot be changed here."""
    user = await pictures.change(principal.user, change)
    return reply(
        "Your profile was changed.", ProfileView(user=await shown(request, user))
    )


@router.delete("/profile/avatar", responses=refusals(NotSignedIn, SessionEnded, Busy))
async def remove_avatar(
    request: Request, principal: CurrentPrincipal, pictures: Taken
) -> Reply[ProfileView]:
    """Remove the picture; without one nothing happens."""
    user = await pictures.remove_avatar(principal.user)
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
async def get_avatar(name: str, request: Request, pictures: Taken) -> Response:
    """Show a picture to whoever knows its random name."""
    if request.headers.get("sec-fetch-dest", "") not in AS_PICTURE:
        raise NotAllowed
    content = await pictures.files.read(name) if is_file_name(name) else None
    if content is None:
        raise NotFound
    return Response(content, media_type=MEDIA_TYPE, headers=PICTURE_HEADERS)

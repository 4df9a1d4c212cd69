"""GET .well-known/ended-sessions: for services that check tokens by themselves."""

from http import HTTPStatus

from fastapi import APIRouter, Request, Response

from keywright.features.ended_sessions.policy import is_unchanged
from keywright.features.ended_sessions.service import PublishedList
from keywright.shared.dependencies import services_of
from keywright.shared.errors import AuthError, StoreUnavailable
from keywright.shared.responses import AuthRoute, refusal, refusals
from keywright.shared.routing import finished

PATH = "/.well-known/ended-sessions"
ASK_EACH_TIME = "no-cache"
router = APIRouter(route_class=AuthRoute, tags=["gateways"])
CONTENT = {
    "type": "object",
    "required": ["keptFor", "sessions", "users"],
    "properties": {
        "keptFor": {"type": "integer", "description": "Seconds an entry stays."},
        "sessions": {
            "type": "array",
            "items": {"type": "string"},
            "description": (
                "Per session the first 16 bytes of the SHA-256 of its `sid`, in "
                "base64url."
            ),
        },
        "users": {
            "type": "object",
            "additionalProperties": {"type": "integer"},
            "description": (
                "Per user, named likewise by `sub`, an epoch: tokens with a smaller "
                "`epoch` are over."
            ),
        },
    },
}


@router.get(
    PATH,
    response_class=Response,
    responses={
        200: {
            "description": "The list.",
            "content": {"application/json": {"schema": CONTENT}},
        },
        304: {"description": "It is the list that `If-None-Match` names."},
        **refusals(StoreUnavailable),
    },
)
async def ended_sessions(request: Request) -> Response:
    """Show the sessions that ended so lately that a token of theirs may be unexpired.

    Public, like the key set: an entry tells nothing but that some session ended. Served
    by a plain route; as one of these it is only documented.
    """
    try:
        current = await services_of(request).get(PublishedList).current()
    except AuthError as error:
        return finished(request, refusal(request, error))
    headers = {"Cache-Control": ASK_EACH_TIME, "ETag": current.tag}
    if is_unchanged(request.headers.get("if-none-match"), current.tag):
        return finished(request, Response(None, HTTPStatus.NOT_MODIFIED, headers))
    shown = Response(current.content, headers=headers, media_type="application/json")
    return finished(request, shown)

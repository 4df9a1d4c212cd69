"""GET verify, for gateways that ask on every request of theirs.

Envoy asks in a way of its own: with the method of the request it holds, with its path
behind ours, and it takes 200 alone for a yes.
"""

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from uuid import UUID

from fastapi import APIRouter, Request, Response

from keywright.features.sessions.dependencies import authenticated
from keywright.features.sessions.errors import SessionEnded
from keywright.shared.answer_headers import HEADERS
from keywright.shared.errors import AuthError, NotFound, NotSignedIn
from keywright.shared.responses import AuthRoute, refusal, refusals
from keywright.shared.routing import (
    finished,
    request_id_of,
)
from keywright.shared.strict_requests import require_single

ANY_PATH = "/verify/{path:path}"
ANY_METHOD = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
GATEWAY = "X-Gateway"
Check = Callable[[Request], Awaitable[Response]]

router = APIRouter(route_class=AuthRoute)


@router.get(
    "/verify",
    status_code=204,
    response_class=Response,
    responses=refusals(NotSignedIn, SessionEnded),
    tags=["gateways"],
)
async def verify(request: Request) -> Response:
    """Answer 204 with who it is, or 401: for gateways, on every request of theirs.

    Served by a plain route that comes first; as one of these it is only documented.
    """
    try:
        require_single(request)
        principal = await authenticated(request)
    except AuthError as error:
        return finished(request, refusal(request, error))
    return answered(
        request, principal.user.id, principal.user.role, principal.session_id
    )


def answered(request: Request, user_id: UUID, role: str, session_id: UUID) -> Response:
    """Return the answer that tells a gateway who it is."""
    return Response(
        status_code=204,
        headers={
            **HEADERS,
            "X-Request-Id": request_id_of(request),
            "X-User-Id": str(user_id),
            "X-User-Role": role,
            "X-Session-Id": str(session_id),
            "Vary": "Origin",
        },
    )


def for_envoy(verify: Check) -> Check:
    """Return what answers Envoy as *verify* answers others.

    Only a request that names it in the header `X-Gateway` is answered, which no page
    can make a browser send: no address in a browser ends in a path of somebody else's.
    """

    async def verify_for_envoy(request: Request) -> Response:
        if request.headers.get(GATEWAY) != "envoy":
            return finished(request, refusal(request, NotFound()))
        answer = await verify(request)
        if answer.status_code == HTTPStatus.NO_CONTENT:
            answer.status_code = HTTPStatus.OK
            answer.headers["Content-Length"] = "0"
        return answer

    return verify_for_envoy


router.add_route(ANY_PATH, for_envoy(verify), methods=ANY_METHOD)

"""What only this contract has: one resend for every flow, and the gateways' check."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from keywright.features.challenges.errors import CodeInvalid, TooSoon
from keywright.features.challenges.policy import OTP_REQUESTS
from keywright.features.challenges.schemas import FlowView, ResendRequest, flow_view
from keywright.features.password_reset.service import PasswordReset
from keywright.features.rate_limits.dependencies import LimitedByClient
from keywright.features.rate_limits.errors import RateLimited
from keywright.features.sessions.dependencies import Credentials, authenticated
from keywright.features.sessions.errors import SessionEnded
from keywright.features.sign_up.service import SignUp
from keywright.shared.dependencies import provide
from keywright.shared.errors import AuthError, NotSignedIn, ValidationFailed
from keywright.shared.responses import AuthRoute, Reply, refusal, refusals, reply
from keywright.shared.routing import (
    HEADERS,
    finished,
    request_id_of,
    require_single,
)

router = APIRouter(route_class=AuthRoute, tags=["codes"])


@router.post(
    "/resend-otp",
    status_code=202,
    dependencies=[Depends(LimitedByClient(OTP_REQUESTS))],
    responses=refusals(CodeInvalid, TooSoon, ValidationFailed, RateLimited),
)
async def resend_code(
    request: Request,
    response: Response,
    sign_up: Annotated[SignUp, Depends(provide(SignUp))],
    reset: Annotated[PasswordReset, Depends(provide(PasswordReset))],
    cookies: Credentials,
    body: ResendRequest | None = None,
) -> Reply[FlowView]:
    """Mail a new code for the flow; the one before stops working."""
    flow_id = cookies.flow_of(request, body.flow_id if body else None)
    try:
        opened = await sign_up.resend(flow_id)
    except CodeInvalid:
        opened = await reset.resend(flow_id)
    cookies.start_flow(request, response, opened.flow_id)
    return reply("A new code was sent.", flow_view(opened), status=202)


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
    return Response(
        status_code=204,
        headers={
            **HEADERS,
            "X-Request-Id": request_id_of(request),
            "X-User-Id": str(principal.user.id),
            "X-User-Role": principal.user.role,
            "X-Session-Id": str(principal.session_id),
            "Vary": "Origin",
        },
    )

"""POST resend-otp: one resend for every flow."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from keywright.features.challenges.errors import CodeInvalid, TooSoon
from keywright.features.challenges.policy import OTP_REQUESTS
from keywright.features.challenges.schemas import FlowView, ResendRequest, flow_view
from keywright.features.password_reset.service import PasswordReset
from keywright.features.rate_limits.dependencies import LimitedByClient
from keywright.features.rate_limits.errors import RateLimited
from keywright.features.sessions.dependencies import Credentials
from keywright.features.sign_up.service import SignUp
from keywright.features.users.errors import SignUpClosed
from keywright.shared.dependencies import provide
from keywright.shared.errors import ValidationFailed
from keywright.shared.responses import AuthRoute, Reply, refusals, reply

router = APIRouter(route_class=AuthRoute, tags=["codes"])


@router.post(
    "/resend-otp",
    status_code=202,
    dependencies=[Depends(LimitedByClient(OTP_REQUESTS))],
    responses=refusals(
        SignUpClosed, CodeInvalid, TooSoon, ValidationFailed, RateLimited
    ),
)
async def resend_code(
    request: Request,
    response: Response,
    *,
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

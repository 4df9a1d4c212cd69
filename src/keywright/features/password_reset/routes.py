"""POST forgot-password, verify-reset-otp and reset-password."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from keywright.features.challenges.errors import (
    CodeInvalid,
    ProofInUse,
    TokenNotValid,
)
from keywright.features.challenges.policy import OTP_REQUESTS, OTP_TRIES
from keywright.features.challenges.schemas import FlowView, flow_view
from keywright.features.password_reset.schemas import (
    ForgotPasswordRequest,
    ResetPasswordRequest,
    ResetTokenView,
    VerifyResetRequest,
    reset_token_view,
)
from keywright.features.password_reset.service import PasswordReset
from keywright.features.passwords.errors import PasswordRefused
from keywright.features.rate_limits.dependencies import LimitedByClient
from keywright.features.rate_limits.errors import RateLimited
from keywright.features.rate_limits.types import Limit
from keywright.features.sessions.dependencies import Credentials
from keywright.shared.dependencies import provide
from keywright.shared.errors import Busy, ValidationFailed
from keywright.shared.responses import AuthRoute, Done, Reply, done, refusals, reply
from keywright.shared.routing import client_of

RESETS = Limit("reset", 6, timedelta(minutes=15))
router = APIRouter(route_class=AuthRoute, tags=["password reset"])
Reset = Annotated[PasswordReset, Depends(provide(PasswordReset))]


@router.post(
    "/forgot-password",
    status_code=202,
    dependencies=[Depends(LimitedByClient(OTP_REQUESTS))],
    responses=refusals(ValidationFailed, RateLimited),
)
async def forgot_password(
    body: ForgotPasswordRequest,
    request: Request,
    response: Response,
    reset: Reset,
    cookies: Credentials,
) -> Reply[FlowView]:
    """Mail a code; an unknown address gets the same answer."""
    opened = await reset.start(
        body.email,
        client=client_of(request),
        device_cookie=cookies.device_of(request),
    )
    cookies.start_flow(request, response, opened.flow_id)
    message = "If the address has an account, a code was sent to it."
    return reply(message, flow_view(opened), status=202)


@router.post(
    "/verify-reset-otp",
    dependencies=[Depends(LimitedByClient(OTP_TRIES))],
    responses=refusals(CodeInvalid, ProofInUse, ValidationFailed, RateLimited),
)
async def verify_reset_otp(
    body: VerifyResetRequest,
    request: Request,
    response: Response,
    reset: Reset,
    cookies: Credentials,
) -> Reply[ResetTokenView]:
    """Exchange the code for a token that sets a password once."""
    token = await reset.verify(
        email=body.email,
        code=body.otp_code,
        flow_id=cookies.flow_of(request, body.flow_id),
    )
    cookies.end_flow(request, response)
    return reply("The code is right.", reset_token_view(token))


@router.post(
    "/reset-password",
    dependencies=[Depends(LimitedByClient(RESETS))],
    responses=refusals(
        TokenNotValid, ProofInUse, PasswordRefused, ValidationFailed, RateLimited, Busy
    ),
)
async def reset_password(
    body: ResetPasswordRequest,
    request: Request,
    response: Response,
    reset: Reset,
    cookies: Credentials,
) -> Done:
    """Set the password, end every session and lift the lock; nobody is signed in."""
    await reset.complete(body.reset_token, body.new_password)
    cookies.clear(request, response)
    return done("The password was reset. Sign in.")

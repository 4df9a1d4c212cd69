"""POST signup and verify-user."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from keywright.features.challenges.errors import CodeInvalid, ProofInUse
from keywright.features.challenges.policy import OTP_TRIES
from keywright.features.challenges.schemas import FlowView, flow_view
from keywright.features.passwords.errors import PasswordRefused
from keywright.features.rate_limits.dependencies import LimitedByClient
from keywright.features.rate_limits.errors import RateLimited
from keywright.features.sessions.dependencies import Credentials
from keywright.features.sign_up.schemas import (
    SignUpRequest,
    VerifiedView,
    VerifyRequest,
)
from keywright.features.sign_up.service import SignUp
from keywright.features.users.errors import SignUpClosed
from keywright.features.users.policy import SIGN_UPS
from keywright.features.users.schemas import user_view
from keywright.shared.dependencies import provide
from keywright.shared.errors import Busy, ValidationFailed
from keywright.shared.responses import AuthRoute, Reply, refusals, reply
from keywright.shared.routing import client_of

router = APIRouter(route_class=AuthRoute, tags=["sign-up"])
SignUpService = Annotated[SignUp, Depends(provide(SignUp))]


@router.post(
    "/signup",
    status_code=202,
    dependencies=[Depends(LimitedByClient(SIGN_UPS))],
    responses=refusals(
        SignUpClosed, PasswordRefused, ValidationFailed, RateLimited, Busy
    ),
)
async def sign_up(
    body: SignUpRequest,
    request: Request,
    response: Response,
    service: SignUpService,
    cookies: Credentials,
) -> Reply[FlowView]:
    """Mail a code to the address; a known address gets the same answer."""
    opened = await service.start(
        name=body.name,
        email=body.email,
        password=body.password,
        client=client_of(request),
    )
    cookies.start_flow(request, response, opened.flow_id)
    return reply("A code was sent to your address.", flow_view(opened), status=202)


@router.post(
    "/verify-user",
    status_code=201,
    dependencies=[Depends(LimitedByClient(OTP_TRIES))],
    responses=refusals(
        SignUpClosed, CodeInvalid, ProofInUse, ValidationFailed, RateLimited
    ),
)
async def verify_user(
    body: VerifyRequest,
    request: Request,
    response: Response,
    service: SignUpService,
    cookies: Credentials,
) -> Reply[VerifiedView]:
    """Make the account whose address the code proves; it is not signed in."""
    user = await service.verify(
        email=body.email,
        code=body.otp_code,
        flow_id=cookies.flow_of(request, body.flow_id),
    )
    cookies.end_flow(request, response)
    view = VerifiedView(user=user_view(user))
    return reply("Your address is verified. Sign in.", view, status=201)

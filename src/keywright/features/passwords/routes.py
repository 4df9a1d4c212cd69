"""POST signin and change-password."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from keywright.features.passwords.errors import (
    EmailNotVerified,
    InvalidCredentials,
    PasswordRefused,
    WrongPassword,
)
from keywright.features.passwords.policy import CHANGES, SIGN_INS
from keywright.features.passwords.schemas import ChangePasswordRequest, SignInRequest
from keywright.features.passwords.service import PasswordDoor
from keywright.features.rate_limits.dependencies import LimitedByClient
from keywright.features.rate_limits.errors import RateLimited
from keywright.features.sessions.dependencies import (
    Credentials,
    CurrentDevice,
    RecentPrincipal,
)
from keywright.features.sessions.errors import SessionEnded, StepUpRequired
from keywright.features.sign_in.dependencies import deliver
from keywright.features.sign_in.schemas import SignedInView
from keywright.features.users.errors import AccountBanned, AccountDeactivated
from keywright.shared.dependencies import provide
from keywright.shared.errors import Busy, NotSignedIn, ValidationFailed
from keywright.shared.responses import AuthRoute, Reply, refusals, reply

router = APIRouter(route_class=AuthRoute, tags=["sign-in"])
Door = Annotated[PasswordDoor, Depends(provide(PasswordDoor))]


@router.post(
    "/signin",
    dependencies=[Depends(LimitedByClient(SIGN_INS))],
    responses=refusals(
        InvalidCredentials,
        EmailNotVerified,
        AccountDeactivated,
        AccountBanned,
        ValidationFailed,
        RateLimited,
        Busy,
    ),
)
async def sign_in(
    body: SignInRequest,
    request: Request,
    response: Response,
    door: Door,
    device: CurrentDevice,
    cookies: Credentials,
) -> Reply[SignedInView]:
    """Open a session; the tokens go into cookies unless the client asks for them."""
    signed_in = await door.sign_in(
        body.email,
        body.password,
        device=device,
        device_cookie=cookies.device_of(request),
    )
    return reply("Signed in.", await deliver(request, response, cookies, signed_in))


@router.post(
    "/change-password",
    dependencies=[Depends(LimitedByClient(CHANGES))],
    responses=refusals(
        NotSignedIn,
        SessionEnded,
        StepUpRequired,
        WrongPassword,
        PasswordRefused,
        ValidationFailed,
        RateLimited,
        Busy,
    ),
)
async def change_password(
    body: ChangePasswordRequest,
    request: Request,
    response: Response,
    principal: RecentPrincipal,
    door: Door,
    device: CurrentDevice,
    cookies: Credentials,
) -> Reply[SignedInView]:
    """Set a new password, end every other session, and go on in a new one."""
    signed_in = await door.change(
        principal.user,
        old=body.old_password,
        new=body.new_password,
        device=device,
        device_cookie=cookies.device_of(request),
    )
    view = await deliver(request, response, cookies, signed_in)
    return reply("The password was changed.", view)

"""POST register, login, refresh and logout; GET self."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from keywright.blueprints.auth_service.refusals import AuthRoute, refusals
from keywright.blueprints.auth_service.schemas import (
    RegisterRequest,
    SelfView,
    Told,
    WhoView,
    self_user,
)
from keywright.features.passwords.errors import InvalidCredentials, PasswordRefused
from keywright.features.passwords.policy import SIGN_INS
from keywright.features.passwords.schemas import SignInRequest
from keywright.features.passwords.service import PasswordDoor
from keywright.features.rate_limits.dependencies import LimitedByClient
from keywright.features.rate_limits.errors import RateLimited
from keywright.features.refresh_tokens.dependencies import end_session, exchanged
from keywright.features.refresh_tokens.errors import (
    RefreshContested,
    RefreshMissing,
    RefreshReused,
)
from keywright.features.registration.service import Registration
from keywright.features.sessions.dependencies import (
    Credentials,
    CurrentDevice,
    authenticated,
)
from keywright.features.sessions.errors import SessionEnded
from keywright.features.sign_in.dependencies import hand_out
from keywright.features.users.errors import (
    AccountBanned,
    AccountDeactivated,
    EmailTaken,
    SignUpClosed,
)
from keywright.features.users.policy import SIGN_UPS
from keywright.shared.dependencies import provide
from keywright.shared.errors import Busy, NotSignedIn, ValidationFailed
from keywright.shared.routing import written

router = APIRouter(route_class=AuthRoute, tags=["auth"])


@router.post(
    "/register",
    status_code=201,
    dependencies=[Depends(LimitedByClient(SIGN_UPS))],
    responses=refusals(
        EmailTaken,
        SignUpClosed,
        PasswordRefused,
        ValidationFailed,
        RateLimited,
        Busy,
    ),
)
async def register(
    body: RegisterRequest,
    request: Request,
    response: Response,
    registration: Annotated[Registration, Depends(provide(Registration))],
    device: CurrentDevice,
    cookies: Credentials,
) -> WhoView:
    """Make a user and sign them in; a taken address is answered with 409."""
    signed_in = await registration.register(body.person(), body.password, device=device)
    await hand_out(request, response, cookies, signed_in)
    return WhoView(message="User registered successfully", user_id=signed_in.user.id)


@router.post(
    "/login",
    dependencies=[Depends(LimitedByClient(SIGN_INS))],
    responses=refusals(
        InvalidCredentials,
        AccountDeactivated,
        AccountBanned,
        ValidationFailed,
        RateLimited,
        Busy,
    ),
)
async def login(
    body: SignInRequest,
    request: Request,
    response: Response,
    door: Annotated[PasswordDoor, Depends(provide(PasswordDoor))],
    device: CurrentDevice,
    cookies: Credentials,
) -> WhoView:
    """Open a session; both tokens go into cookies."""
    signed_in = await door.sign_in(
        body.email,
        body.password,
        device=device,
        device_cookie=cookies.device_of(request),
    )
    await hand_out(request, response, cookies, signed_in)
    return WhoView(message="User logged in successfully", user_id=signed_in.user.id)


@router.get(
    "/self",
    response_model=SelfView,
    responses=refusals(NotSignedIn, SessionEnded),
)
async def current_user(request: Request) -> Response:
    """Show the signed-in user; the session is looked at with the user."""
    principal = await authenticated(request)
    user = self_user(principal.user)
    return written(SelfView(message="User details fetched successfully", user=user))


@router.post(
    "/refresh",
    responses=refusals(
        RefreshMissing, RefreshReused, RefreshContested, SessionEnded, RateLimited
    ),
)
async def refresh(
    request: Request, response: Response, cookies: Credentials
) -> WhoView:
    """Exchange the refresh token for its successor and a new access token.

    Repeating the call within the retry window gives the same successor. Where the
    session is over, its cookies are cleared.
    """
    credentials = await exchanged(request, cookies)
    cookies.deliver(request, response, credentials)
    return WhoView(message="Token refreshed successfully", user_id=credentials.user.id)


@router.post("/logout", responses=refusals())
async def logout(request: Request, response: Response, cookies: Credentials) -> Told:
    """End the session; also with expired tokens, and again without effect."""
    await end_session(request, cookies.refresh_token(request, None))
    cookies.clear_all(request, response)
    return Told(message="User logged out successfully")

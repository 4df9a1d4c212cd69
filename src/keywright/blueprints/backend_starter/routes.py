"""POST signup, login, refresh and logout; GET me, and GET health."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from keywright.blueprints.backend_starter.refusals import (
    AuthRoute,
    refusals,
)
from keywright.blueprints.backend_starter.schemas import (
    HealthView,
    MeView,
    RefreshedView,
    SignedInView,
    SignUpRequest,
    me_view,
    signed_in_view,
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
from keywright.features.registration.types import Person
from keywright.features.sessions.cookies import CredentialCookies
from keywright.features.sessions.dependencies import (
    Credentials,
    CurrentDevice,
    authenticated,
)
from keywright.features.sessions.errors import SessionEnded
from keywright.features.sign_in.dependencies import hand_out
from keywright.features.sign_in.types import SignedIn
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
health_router = APIRouter(route_class=AuthRoute, tags=["health"])


@router.post(
    "/signup",
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
async def sign_up(
    body: SignUpRequest,
    request: Request,
    response: Response,
    registration: Annotated[Registration, Depends(provide(Registration))],
    device: CurrentDevice,
    cookies: Credentials,
) -> SignedInView:
    """Make a user and sign them in; a taken address is answered with 409."""
    person = Person(body.full_name, body.email)
    signed_in = await registration.register(person, body.password, device=device)
    return await _delivered(request, response, cookies, signed_in)


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
) -> SignedInView:
    """Open a session: the access token is in the body, the other in a cookie."""
    signed_in = await door.sign_in(
        body.email,
        body.password,
        device=device,
        device_cookie=cookies.device_of(request),
    )
    return await _delivered(request, response, cookies, signed_in)


@router.post(
    "/refresh",
    responses=refusals(
        RefreshMissing, RefreshReused, RefreshContested, SessionEnded, RateLimited
    ),
)
async def refresh(
    request: Request, response: Response, cookies: Credentials
) -> RefreshedView:
    """Exchange the refresh token for its successor and a new access token.

    Repeating the call within the retry window gives the same successor. Where the
    session is over, its cookie is cleared.
    """
    credentials = await exchanged(request, cookies)
    cookies.deliver(request, response, credentials)
    return RefreshedView(access_token=credentials.access)


@router.post("/logout", status_code=204, responses=refusals())
async def logout(request: Request, response: Response, cookies: Credentials) -> None:
    """End the session; also with bad or expired tokens, and again without effect."""
    await end_session(request, cookies.refresh_token(request, None))
    cookies.clear_all(request, response)


@router.get("/me", response_model=MeView, responses=refusals(NotSignedIn, SessionEnded))
async def me(request: Request) -> Response:
    """Show the signed-in user; the session is looked at with the user."""
    principal = await authenticated(request)
    return written(me_view(principal.user))


@health_router.get("/health")
async def health() -> HealthView:
    """Say that the service answers."""
    return HealthView()


async def _delivered(
    request: Request,
    response: Response,
    cookies: CredentialCookies,
    signed_in: SignedIn,
) -> SignedInView:
    await hand_out(request, response, cookies, signed_in)
    return signed_in_view(signed_in.user, signed_in.credentials)

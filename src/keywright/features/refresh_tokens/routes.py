"""POST refresh-token and logout."""

from fastapi import APIRouter, Request, Response

from keywright.features.rate_limits.errors import RateLimited
from keywright.features.refresh_tokens.dependencies import end_session, exchanged
from keywright.features.refresh_tokens.errors import RefreshMissing, RefreshReused
from keywright.features.refresh_tokens.schemas import RefreshedView, RefreshRequest
from keywright.features.sessions.dependencies import Credentials
from keywright.features.sessions.errors import SessionEnded
from keywright.features.sessions.schemas import tokens_view
from keywright.shared.errors import ValidationFailed
from keywright.shared.responses import (
    AuthRoute,
    Done,
    Reply,
    done,
    refusals,
    reply,
)

router = APIRouter(route_class=AuthRoute, tags=["session"])


@router.post(
    "/refresh-token",
    responses=refusals(
        RefreshMissing, RefreshReused, SessionEnded, ValidationFailed, RateLimited
    ),
)
async def refresh_token(
    request: Request,
    response: Response,
    cookies: Credentials,
    body: RefreshRequest | None = None,
) -> Reply[RefreshedView]:
    """Exchange the refresh token for its successor and a new access token.

    Repeating the call within the retry window gives the same successor. Where the
    session is over, its cookies are cleared.
    """
    credentials = await exchanged(
        request, cookies, body.refresh_token if body else None
    )
    in_body = cookies.deliver(request, response, credentials)
    view = RefreshedView(tokens=tokens_view(in_body))
    return reply("The session was refreshed.", view)


@router.post("/logout", responses=refusals(ValidationFailed))
async def sign_out(
    request: Request,
    response: Response,
    cookies: Credentials,
    body: RefreshRequest | None = None,
) -> Done:
    """End the session; also with expired tokens, and again without effect."""
    token = cookies.refresh_token(request, body.refresh_token if body else None)
    await end_session(request, token)
    cookies.clear_all(request, response)
    return done("Signed out.")

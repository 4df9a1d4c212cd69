"""POST logout."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from keywright.features.opaque_sessions.service import OpaqueSessions
from keywright.features.sessions.cookies import CredentialCookies
from keywright.features.sessions.dependencies import Credentials
from keywright.shared.dependencies import provide
from keywright.shared.errors import NotSignedIn
from keywright.shared.responses import AuthRoute, Done, done

router = APIRouter(route_class=AuthRoute, tags=["session"])


@router.post("/logout")
async def sign_out(
    request: Request,
    response: Response,
    sessions: Annotated[OpaqueSessions, Depends(provide(OpaqueSessions))],
    cookies: Credentials,
) -> Done:
    """End the session; also one that has expired, and again without effect."""
    token = _token(request, cookies)
    if token is not None:
        await sessions.sign_out(token)
    cookies.clear_all(request, response)
    return done("Signed out.")


def _token(request: Request, cookies: CredentialCookies) -> str | None:
    try:
        presented = cookies.presented(request)
    except NotSignedIn:
        return None
    return presented.cookie or presented.bearer

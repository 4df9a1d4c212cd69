"""What a browser brings back, and how it wants to be answered."""

from collections.abc import Collection
from typing import Annotated

from fastapi import Depends, Path, Request, Response
from fastapi.responses import RedirectResponse

from keywright.features.oauth.errors import ParameterRefused
from keywright.features.oauth.policy import with_parameter
from keywright.features.oauth.service import OAuth
from keywright.features.oauth.types import Returned
from keywright.features.sessions.cookies import CredentialCookies, Transport
from keywright.features.sessions.dependencies import authenticated
from keywright.features.sessions.types import Principal
from keywright.shared.dependencies import provide
from keywright.shared.errors import AuthError

SEE_OTHER = 303
RETURN_TO = frozenset({"returnTo"})
OF_THE_ANSWER = ("state", "code", "iss", "error")

OAuthService = Annotated[OAuth, Depends(provide(OAuth))]
ProviderName = Annotated[
    str, Path(pattern=r"^[a-z0-9][a-z0-9-]*$", min_length=1, max_length=32)
]


def require_only(request: Request, allowed: Collection[str]) -> None:
    """Raise `ParameterRefused` for a parameter besides *allowed*, or one twice."""
    names = [name for name, _ in request.query_params.multi_items()]
    if len(names) != len(set(names)) or not set(names) <= set(allowed):
        raise ParameterRefused


def returned_from(request: Request) -> Returned:
    """Return what the provider sent the browser back with.

    Parameters that nobody asked for are ignored, for providers add some; those that
    count may stand there once, or it is `ParameterRefused`.
    """
    sent = request.query_params
    if any(len(sent.getlist(name)) > 1 for name in OF_THE_ANSWER):
        raise ParameterRefused
    return Returned(
        state=sent.get("state", ""),
        code=sent.get("code", ""),
        issuer=sent.get("iss"),
        error=sent.get("error", ""),
    )


def wants_json(request: Request, cookies: CredentialCookies) -> bool:
    """Say whether the client reads the answer itself: no browser on its way.

    It asks for JSON and not for pages, or for tokens, which no redirect can carry.
    """
    if cookies.transport_of(request) is Transport.BEARER:
        return True
    accepted = request.headers.get("accept", "").lower()
    return "application/json" in accepted and "text/html" not in accepted


def redirect(url: str, *, error: str | None = None) -> Response:
    """Send the browser to *url*, telling it the code of an *error*."""
    target = url if error is None else with_parameter(url, "error", error)
    return RedirectResponse(target, SEE_OTHER)


async def principal_if_any(request: Request) -> Principal | None:
    """Return who sends *request*, or None if it does not say or the session is over."""
    try:
        return await authenticated(request)
    except AuthError:
        return None

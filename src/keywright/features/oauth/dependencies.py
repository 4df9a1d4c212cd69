"""What a browser brings back, and how it wants to be answered."""

from collections.abc import Collection
from typing import Annotated, ClassVar
from urllib.parse import parse_qsl, urlencode

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
from keywright.shared.errors import (
    AuthError,
    MalformedBody,
    UnsupportedMediaType,
    ValidationFailed,
)
from keywright.shared.responses import AuthRoute
from keywright.shared.strict_requests import StrictRequest

SEE_OTHER = 303
RETURN_TO = frozenset({"returnTo"})
OF_THE_ANSWER = ("state", "code", "iss", "error")
FORM = "application/x-www-form-urlencoded"
MOST_MEMBERS = 16
LONGEST_ANSWER = 4096

OAuthService = Annotated[OAuth, Depends(provide(OAuth))]
ProviderName = Annotated[
    str, Path(pattern=r"^[a-z0-9][a-z0-9-]*$", min_length=1, max_length=32)
]


class PostedRoute(AuthRoute):
    """A route that takes a form from another site's page, and must do nothing.

    The cookies of this service do not come along, for they are SameSite=Lax.
    """

    is_guarded: ClassVar[bool] = False

    async def read_body(self, request: StrictRequest) -> None:
        """Read the form of a provider's page, or raise the refusal that fits."""
        if request.headers.get("content-type", "").partition(";")[0].strip() != FORM:
            raise UnsupportedMediaType
        content = b"".join([chunk async for chunk in request.chunks(self.max_body)])
        try:
            request.state.posted = parse_qsl(
                content.decode("ascii"),
                keep_blank_values=True,
                max_num_fields=MOST_MEMBERS,
                errors="strict",
            )
        except ValueError:
            raise MalformedBody from None


def posted_answer(request: Request) -> str:
    """Return what a provider's page posted, as the query of the callback.

    Only the members that count; raise `ParameterRefused` for one that stands twice.
    """
    posted = [pair for pair in request.state.posted if pair[0] in OF_THE_ANSWER]
    query = urlencode(posted)
    if len(dict(posted)) < len(posted):
        raise ParameterRefused
    if len(query) > LONGEST_ANSWER:
        raise ValidationFailed
    return query


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

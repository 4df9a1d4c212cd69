"""What both forms of refusals share: headers, titles, handlers."""

import math
from collections.abc import Awaitable, Callable
from http import HTTPStatus

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from keywright.shared.errors import AuthError
from keywright.shared.routing import as_refusal, finished

Refuse = Callable[[Request, AuthError], Response]


def headers_of(error: AuthError) -> dict[str, str]:
    """Return the headers that belong to *error*."""
    headers: dict[str, str] = {}
    if error.status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    if error.retry_after is not None:
        seconds = max(1, math.ceil(error.retry_after.total_seconds()))
        headers["Retry-After"] = str(seconds)
    return headers


def status_title(status: int) -> str:
    """Return the phrase of an HTTP status."""
    return HTTPStatus(status).phrase


def install(app: Starlette, refuse: Refuse) -> None:
    """Let *refuse* answer what no route of *app* answers."""

    async def answer(request: Request, error: Exception) -> Response:
        response = finished(request, refuse(request, as_refusal(error)))
        if isinstance(error, HTTPException) and error.headers:
            allow = error.headers.get("Allow") or error.headers.get("allow")
            if allow:
                response.headers["Allow"] = allow
        return response

    handler: Callable[[Request, Exception], Awaitable[Response]] = answer
    app.add_exception_handler(HTTPException, handler)
    app.add_exception_handler(AuthError, handler)
    app.add_exception_handler(Exception, handler)

"""What all forms of refusals share: headers, titles, documentation, handlers."""

import math
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi.exception_handlers import http_exception_handler
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from keywright.shared.errors import (
    AmbiguousRequest,
    AuthError,
    BodyTooLarge,
    CrossSiteRequest,
    HeadersTooLarge,
    InternalError,
    MalformedBody,
    StoreUnavailable,
    TooManyRequests,
    UnsupportedMediaType,
)
from keywright.shared.origins import SAFE_METHODS
from keywright.shared.routing import GuardedRoute, as_refusal, finished, is_hosts

Documented = dict[int | str, dict[str, Any]]
ON_EVERY_ROUTE = (
    AmbiguousRequest,
    TooManyRequests,
    HeadersTooLarge,
    InternalError,
    StoreUnavailable,
)
ON_UNSAFE_ROUTES = (
    MalformedBody,
    CrossSiteRequest,
    BodyTooLarge,
    UnsupportedMediaType,
)
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


def shared_refusals(methods: Collection[str] | None) -> tuple[type[AuthError], ...]:
    """Return the errors that every route with these *methods* can answer."""
    if set(methods or ()) <= SAFE_METHODS:
        return ON_EVERY_ROUTE
    return (*ON_EVERY_ROUTE, *ON_UNSAFE_ROUTES)


def described(
    errors: Sequence[type[AuthError]], answer: Mapping[str, Any]
) -> Documented:
    """Return *errors* as the documentation of answers; *answer* describes the body."""
    codes: dict[int, set[str]] = defaultdict(set)
    for error in errors:
        codes[error.status].add(error.code)
    return {
        status: {
            **answer,
            "description": f"{status_title(status)}: {', '.join(sorted(names))}",
        }
        for status, names in sorted(codes.items())
    }


def merged(own: Documented | None, shared: Documented) -> Documented:
    """Return both documentations; codes of one status stand together, once each."""
    result = dict(own or {})
    for status, documented in shared.items():
        there = result.get(status)
        if there is None:
            result[status] = documented
            continue
        phrase, _, codes = there["description"].partition(": ")
        further = documented["description"].partition(": ")[2]
        together = sorted({*codes.split(", "), *further.split(", ")})
        result[status] = {**there, "description": f"{phrase}: {', '.join(together)}"}
    return result


class DocumentedRoute(GuardedRoute):
    """A guarded route that documents what every route refuses besides its own.

    A form of refusals gives it `document` and `refuse`.
    """

    @staticmethod
    def document(*errors: type[AuthError]) -> Documented:
        """Return *errors* as the documentation of a route's answers."""
        raise NotImplementedError

    def __init__(
        self,
        path: str,
        endpoint: Callable[..., Any],
        **options: Any,  # noqa: ANN401 - handed on
    ) -> None:
        """Add the documentation to the route's own *responses*."""
        everywhere = self.document(*shared_refusals(options.get("methods")))
        options["responses"] = merged(options.get("responses"), everywhere)
        super().__init__(path, endpoint, **options)


def install(app: Starlette, refuse: Refuse) -> None:
    """Let *refuse* answer what no route of *app* answers.

    What a route of the owner's refuses by an HTTPException is answered as ever, with
    the headers of every answer.
    """

    async def answer(request: Request, error: Exception) -> Response:
        response = finished(request, refuse(request, as_refusal(error)))
        if isinstance(error, HTTPException) and error.headers:
            allow = error.headers.get("Allow") or error.headers.get("allow")
            if allow:
                response.headers["Allow"] = allow
        return response

    async def told(request: Request, error: HTTPException) -> Response:
        is_bare = error.detail == HTTPStatus(error.status_code).phrase
        if is_bare and not is_hosts(error):
            return await answer(request, error)
        return finished(request, await http_exception_handler(request, error))

    handler: Callable[[Request, Exception], Awaitable[Response]] = answer
    app.add_exception_handler(HTTPException, told)  # type: ignore[arg-type]  # by its kind
    app.add_exception_handler(AuthError, handler)
    app.add_exception_handler(Exception, handler)

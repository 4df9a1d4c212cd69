"""Answers in an envelope: success, message, statusCode and data."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any, Generic, Literal, TypeVar

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

from keywright.shared.bodies import View
from keywright.shared.errors import AuthError
from keywright.shared.refusals import (
    headers_of,
    install,
    merged,
    shared_refusals,
    status_title,
)
from keywright.shared.routing import GuardedRoute, request_id_of

T = TypeVar("T")


class Reply(View, Generic[T]):
    """A success that carries *data*."""

    success: Literal[True] = True
    message: str
    status_code: int
    data: T


Done = Reply[None]


class Refusal(View):
    """Every error; `code` is stable, `errors` names members, `data` helps to go on."""

    success: Literal[False] = False
    message: str
    status_code: int
    code: str
    request_id: str
    errors: dict[str, list[str]] | None = None
    data: dict[str, Any] | None = None


def reply(message: str, data: T, *, status: int = 200) -> Reply[T]:
    """Return *data* with a *message*; *status* is the route's."""
    return Reply[T](message=message, status_code=status, data=data)


def done(message: str, *, status: int = 200) -> Done:
    """Return a success without data."""
    return Done(message=message, status_code=status, data=None)


def refusal(request: Request, error: AuthError) -> Response:
    """Return *error* on the wire."""
    body: dict[str, object] = {
        "success": False,
        "message": error.title,
        "statusCode": error.status,
        "code": error.code,
        "requestId": request_id_of(request),
    }
    if error.errors:
        body["errors"] = error.errors
    if error.data:
        body["data"] = error.data
    return JSONResponse(body, error.status, headers_of(error))


def refusals(*errors: type[AuthError]) -> dict[int | str, dict[str, Any]]:
    """Return *errors* as the documentation of a route's answers."""
    codes: dict[int, list[str]] = defaultdict(list)
    for error in errors:
        codes[error.status].append(error.code)
    return {
        status: {
            "model": Refusal,
            "description": f"{status_title(status)}: {', '.join(sorted(names))}",
        }
        for status, names in sorted(codes.items())
    }


class AuthRoute(GuardedRoute):
    """A guarded route that refuses in the envelope."""

    def __init__(
        self,
        path: str,
        endpoint: Callable[..., Any],
        **options: Any,  # noqa: ANN401 - handed on
    ) -> None:
        """Document what every such route refuses besides its own *responses*."""
        everywhere = refusals(*shared_refusals(options.get("methods")))
        options["responses"] = merged(options.get("responses"), everywhere)
        super().__init__(path, endpoint, **options)

    def refuse(self, request: Request, error: AuthError) -> Response:
        """Return *error* in the envelope."""
        return refusal(request, error)


def add_error_handlers(app: FastAPI) -> None:
    """Answer what no route answers (404, 405, 500) in the envelope as well."""
    install(app, refusal)

"""Answers in an envelope: success, message, statusCode and data."""

from typing import Any, Final, Generic, Literal, TypeVar

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

from keywright.shared.bodies import View
from keywright.shared.errors import AuthError
from keywright.shared.refusals import (
    Documented,
    DocumentedRoute,
    described,
    headers_of,
    install,
)
from keywright.shared.routing import request_id_of

T = TypeVar("T")
FORM: Final = "envelope"


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


def refusals(*errors: type[AuthError]) -> Documented:
    """Return *errors* as the documentation of a route's answers."""
    return described(errors, {"model": Refusal})


class AuthRoute(DocumentedRoute):
    """A guarded route that refuses in the envelope."""

    document = staticmethod(refusals)

    def refuse(self, request: Request, error: AuthError) -> Response:
        """Return *error* in the envelope."""
        return refusal(request, error)


def add_error_handlers(app: FastAPI) -> None:
    """Answer what no route answers (404, 405, 500) in the envelope as well."""
    install(app, refusal)

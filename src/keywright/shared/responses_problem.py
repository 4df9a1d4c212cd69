"""Plain resources, and errors as problem details (RFC 9457)."""

from typing import Annotated, Any, Final, TypeVar

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
    status_title,
)
from keywright.shared.routing import request_id_of

T = TypeVar("T")
FORM: Final = "problem"
MEDIA_TYPE = "application/problem+json"
Reply = Annotated[T, "the plain resource"]


class Done(View):
    """A success without data."""

    message: str


class Refusal(View):
    """Every error; `code` is stable, `errors` names members, `data` helps to go on."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    code: str
    request_id: str
    errors: dict[str, list[str]] | None = None
    data: dict[str, Any] | None = None


def reply(message: str, data: T, *, status: int = 200) -> T:  # noqa: ARG001 - the other form uses them
    """Return *data*; the message and the status have no place in this form."""
    return data


def done(message: str, *, status: int = 200) -> Done:  # noqa: ARG001 - the other form uses it
    """Return a success without data."""
    return Done(message=message)


def refusal(request: Request, error: AuthError) -> Response:
    """Return *error* on the wire."""
    body: dict[str, object] = {
        "type": "about:blank",
        "title": status_title(error.status),
        "status": error.status,
        "detail": error.title,
        "code": error.code,
        "requestId": request_id_of(request),
    }
    if error.errors:
        body["errors"] = error.errors
    if error.data:
        body["data"] = error.data
    return JSONResponse(body, error.status, headers_of(error), media_type=MEDIA_TYPE)


def refusals(*errors: type[AuthError]) -> Documented:
    """Return *errors* as the documentation of a route's answers."""
    schema = Refusal.model_json_schema(by_alias=True)
    return described(errors, {"content": {MEDIA_TYPE: {"schema": schema}}})


class AuthRoute(DocumentedRoute):
    """A guarded route that refuses with problem details."""

    document = staticmethod(refusals)

    def refuse(self, request: Request, error: AuthError) -> Response:
        """Return *error* as problem details."""
        return refusal(request, error)


def add_error_handlers(app: FastAPI) -> None:
    """Answer what no route answers (404, 405, 500) as problem details as well."""
    install(app, refusal)

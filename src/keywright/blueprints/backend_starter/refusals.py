"""Errors of backend-starter: a message, and a stable code."""

from fastapi import Request, Response
from fastapi.responses import JSONResponse

from keywright.shared.bodies import View
from keywright.shared.errors import AuthError, NotFound
from keywright.shared.refusals import (
    Documented,
    DocumentedRoute,
    described,
    headers_of,
)

NO_ROUTE = {"message": "Route not found"}


class Refusal(View):
    """Every error; *errors* names members of the body that were refused."""

    message: str
    code: str | None = None
    errors: dict[str, list[str]] | None = None


def refusal(_: Request, error: AuthError) -> Response:
    """Return *error* on the wire."""
    body: dict[str, object] = {"message": error.title, "code": error.code}
    if error.errors:
        body["errors"] = error.errors
    if isinstance(error, NotFound):
        body = {**NO_ROUTE}
    return JSONResponse(body, error.status, headers_of(error))


def refusals(*errors: type[AuthError]) -> Documented:
    """Return *errors* as the documentation of a route's answers."""
    return described(errors, {"model": Refusal})


class AuthRoute(DocumentedRoute):
    """A guarded route that refuses with a message."""

    document = staticmethod(refusals)

    def refuse(self, request: Request, error: AuthError) -> Response:
        """Return *error* as a message."""
        return refusal(request, error)

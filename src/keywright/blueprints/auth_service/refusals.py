"""Errors of auth-service: a list, with a type, a message and a place for each."""

from fastapi import Request, Response
from fastapi.responses import JSONResponse

from keywright.shared.bodies import View
from keywright.shared.errors import AuthError
from keywright.shared.refusals import (
    Documented,
    DocumentedRoute,
    described,
    headers_of,
)

FIELD = "field"


class Problem(View):
    """What is wrong with a member of the body, of type `field`; else a stable code.

    *path* and *location* are empty where no member is to blame.
    """

    type: str
    msg: str
    path: str
    location: str


class Refusal(View):
    """Every error."""

    errors: list[Problem]


def refusal(_: Request, error: AuthError) -> Response:
    """Return *error* on the wire."""
    problems = [
        Problem(type=FIELD, msg=text, path=name, location="body")
        for name, texts in (error.errors or {}).items()
        for text in texts
    ]
    whole = Problem(type=error.code, msg=error.title, path="", location="")
    body = Refusal(errors=problems or [whole])
    return JSONResponse(body.model_dump(), error.status, headers_of(error))


def refusals(*errors: type[AuthError]) -> Documented:
    """Return *errors* as the documentation of a route's answers."""
    return described(errors, {"model": Refusal})


class AuthRoute(DocumentedRoute):
    """A guarded route that refuses with a list."""

    document = staticmethod(refusals)

    def refuse(self, request: Request, error: AuthError) -> Response:
        """Return *error* in a list."""
        return refusal(request, error)

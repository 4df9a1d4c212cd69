"""Refusals as other applications expect them."""

from fastapi import HTTPException
from starlette.responses import JSONResponse

from keywright.shared.errors import AuthError
from keywright.shared.refusals import headers_of


def as_http(error: AuthError) -> HTTPException:
    """Return *error* for an application whose handlers answer HTTPExceptions."""
    return HTTPException(error.status, _told(error), headers_of(error))


def as_response(error: AuthError) -> JSONResponse:
    """Return *error* as the answer itself."""
    headers = {"Cache-Control": "no-store", **headers_of(error)}
    return JSONResponse(_told(error), error.status, headers)


def _told(error: AuthError) -> dict[str, str]:
    return {"code": error.code, "message": error.title}

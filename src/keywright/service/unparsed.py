"""Answers to what never became a request: of the same form as all others."""

from http import HTTPStatus

from starlette.requests import Request

from keywright.shared.answer_headers import HEADERS
from keywright.shared.errors import AuthError
from keywright.shared.secrets import random_bytes


class MalformedRequest(AuthError):
    """What arrived is no HTTP request."""

    code, status, title = "malformed_request", 400, "This is not a valid HTTP request."


def answer_to_nothing(error: AuthError) -> bytes:
    """Return *error* as a whole HTTP/1.1 answer that closes the connection."""
    # Importing it settles the form of all answers, which the settings decide first.
    from keywright.shared.responses import refusal

    request_id = random_bytes(12).hex()
    scope = {"type": "http", "headers": [], "auth.request_id": request_id}
    response = refusal(Request(scope), error)
    headers = {
        **dict(response.headers),
        **{name.lower(): value for name, value in HEADERS.items()},
        "x-request-id": request_id,
        "connection": "close",
    }
    lines = [
        f"HTTP/1.1 {error.status} {HTTPStatus(error.status).phrase}",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + bytes(response.body)

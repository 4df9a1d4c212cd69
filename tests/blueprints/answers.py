"""What an answer must look like: its form, and cookies with their attributes."""

from http.cookies import Morsel, SimpleCookie
from typing import Any
from uuid import UUID

from httpx2 import Response

from tests.blueprints.forms import check_refusal, check_success, data_of

HEADERS = {
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}


def shown(response: Response, status: int = 200) -> Any:  # noqa: ANN401 - JSON
    """Return the data of a success in its form."""
    assert response.status_code == status, response.text
    check_success(response)
    hardened(response)
    return data_of(response)


def refused(response: Response, status: int, code: str) -> dict[str, Any]:
    """Return the body of a refusal in its form."""
    assert (response.status_code, response.json().get("code")) == (status, code)
    check_refusal(response)
    body = response.json()
    assert body["requestId"] == response.headers["x-request-id"]
    assert ("www-authenticate" in response.headers) is (status == 401)
    waits = status in {429, 503} or code == "proof_in_use"
    assert ("retry-after" in response.headers) is waits
    hardened(response)
    assert isinstance(body, dict)
    return body


def invalid(response: Response, *members: str) -> None:
    """Check that validation refused exactly *members*."""
    body = refused(response, 422, "validation_failed")
    assert set(body["errors"]) == set(members)


def hardened(response: Response) -> None:
    """Check the headers that every answer has."""
    sent = {name: response.headers.get(name) for name in HEADERS}
    assert sent == HEADERS
    assert response.headers["x-request-id"]
    csp = response.headers["content-security-policy"]
    for rule in ("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"):
        assert rule in csp
    assert "max-age=63072000" in response.headers["strict-transport-security"]
    assert "origin" in response.headers["vary"].lower()


def cookies_set(response: Response) -> dict[str, "Morsel[str]"]:
    """Return the cookies that *response* sets, with their attributes."""
    found: dict[str, Morsel[str]] = {}
    for header in response.headers.get_list("set-cookie"):
        for name, morsel in SimpleCookie(header).items():
            assert name not in found
            found[name] = morsel
    return found


def is_cleared(morsel: "Morsel[str]") -> bool:
    """Say whether a cookie is set such that the client forgets it."""
    return morsel.value == "" and int(morsel["max-age"]) == 0


def is_uuid7(text: str) -> bool:
    """Say whether *text* is a UUIDv7 in its usual spelling."""
    return UUID(text).version == 7 and str(UUID(text)) == text

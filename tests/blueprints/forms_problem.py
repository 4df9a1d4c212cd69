"""Answers as plain resources, and refusals as problem details (RFC 9457)."""

from typing import Any

from httpx2 import Response

MEDIA_TYPE = "application/problem+json"
_REFUSAL = {"type", "title", "status", "detail", "code", "requestId"}
_BESIDE = {"errors", "data"}


def data_of(answer: Response) -> Any:  # noqa: ANN401 - JSON
    """Return the resource of a success, None if there is but a message."""
    body = answer.json()
    return None if body.keys() == {"message"} else body


def without_data(answer: Response) -> dict[str, Any]:
    """Return the members of a resource, without what they hold."""
    return dict.fromkeys(answer.json())


def check_success(answer: Response) -> None:
    """Fail unless a success is a resource, without an envelope."""
    body = answer.json()
    assert answer.headers["content-type"] == "application/json"
    assert not body.keys() & {"success", "statusCode", "data"}
    assert "message" not in body or body.keys() == {"message"}


def check_refusal(answer: Response) -> None:
    """Fail unless a refusal is a problem; `errors` and `data` may be beside it."""
    body = answer.json()
    assert answer.headers["content-type"] == MEDIA_TYPE
    assert body.keys() - _BESIDE == _REFUSAL
    assert body["type"] == "about:blank"
    assert body["status"] == answer.status_code
    assert body["title"]
    assert body["detail"]


def check_documented(content: dict[str, Any]) -> None:
    """Fail unless *content*, of the document, describes a refusal as a problem."""
    assert content.keys() == {MEDIA_TYPE}
    schema = content[MEDIA_TYPE]["schema"]
    assert schema["properties"].keys() == _REFUSAL | _BESIDE
    assert _REFUSAL - {*schema["required"]} == {"type"}

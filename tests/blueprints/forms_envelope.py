"""Answers in an envelope."""

from typing import Any

from httpx2 import Response

MEDIA_TYPE = "application/json"
_SUCCESS = {"success", "message", "statusCode", "data"}
_REFUSAL = {"success", "message", "statusCode", "code", "requestId"}


def data_of(answer: Response) -> Any:  # noqa: ANN401 - JSON
    """Return the data of a success, None if it brings none."""
    return answer.json()["data"]


def without_data(answer: Response) -> dict[str, Any]:
    """Return a success without its data."""
    return {**answer.json(), "data": None}


def check_success(answer: Response) -> None:
    """Fail unless a success has an envelope, and nothing beside it."""
    _check(answer, _SUCCESS, is_success=True)


def check_refusal(answer: Response) -> None:
    """Fail unless a refusal has an envelope; `errors` and `data` may be beside it."""
    _check(answer, _REFUSAL, is_success=False, beside={"errors", "data"})


def check_documented(content: dict[str, Any]) -> None:
    """Fail unless *content*, of the document, describes a refusal in its envelope."""
    schema = {"$ref": "#/components/schemas/Refusal"}
    assert content == {MEDIA_TYPE: {"schema": schema}}


def _check(
    answer: Response,
    members: set[str],
    *,
    is_success: bool,
    beside: frozenset[str] | set[str] = frozenset(),
) -> None:
    body = answer.json()
    assert answer.headers["content-type"] == MEDIA_TYPE
    assert body.keys() - beside == members
    assert body["success"] is is_success
    assert body["statusCode"] == answer.status_code
    assert body["message"]

"""Answers as somebody sees them who looks for differences."""

import re
from datetime import datetime

from httpx2 import Response

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,}(\.[A-Za-z0-9_-]+)*")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+(Z|\+00:00)")
Likeness = tuple[int, list[tuple[str, str]], str]


def likeness(answer: Response) -> Likeness:
    """Return status, headers with cookies, and body, random values left out.

    A token is told by its length, an instant by how far it lies from the first one.
    """
    headers = [
        (name.lower(), _plain(value))
        for name, value in answer.headers.multi_items()
        if name.lower() not in {"x-request-id", "content-length"}
    ]
    body = answer.text.replace(answer.headers["x-request-id"], "request")
    return answer.status_code, headers, _apart(_plain(body), answer.text)


def _plain(text: str) -> str:
    text = _INSTANT.sub("instant", _UUID.sub("uuid", text))
    return _TOKEN.sub(lambda found: f"<{len(found[0])}>", text)


def _apart(plain: str, text: str) -> str:
    instants = [found[0] for found in _INSTANT.finditer(text)]
    parsed = [datetime.fromisoformat(instant) for instant in instants]
    return f"{plain} {[(one - parsed[0]).total_seconds() for one in parsed]}"

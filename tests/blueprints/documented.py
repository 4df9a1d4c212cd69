"""Holds every answer against the OpenAPI document of the application that gave it."""

import re
from functools import cache
from typing import Any

from fastapi import FastAPI
from httpx2 import Response
from jsonschema_rs import Draft202012Validator

OURS = ("/api", "/auth", "/v1", "/health", "/.")
METHODS = frozenset({"get", "post", "put", "patch", "delete"})


class Documented:
    """Knows which answers are documented, and what they look like.

    Only routes of a contract are ours; those of a host are its own business.
    """

    def __init__(self, app: FastAPI) -> None:
        """Read the document of *app*."""
        self.document: dict[str, Any] = app.openapi()
        self._paths: dict[str, re.Pattern[str]] = {
            path: re.compile(re.sub(r"\{\w+\}", "[^/]+", path))
            for path in self.document["paths"]
            if path.startswith(OURS)
        }
        self.answered: set[tuple[str, str, str]] = set()
        self._validator = cache(self._make_validator)

    async def check(self, response: Response) -> None:
        """Fail for a status, media type or body that is not in the document."""
        await response.aread()
        method = response.request.method.lower()
        path = self.path_of(response.request.url.path, method)
        if path is None:
            return
        known = self.document["paths"][path][method]["responses"]
        status = str(response.status_code)
        where = f"{method.upper()} {path} answered {status}"
        assert status in known, f"{where}: not documented\n{response.text[:300]}"
        self.answered.add((method, path, status))
        content = known[status].get("content", {})
        kind = response.headers.get("content-type", "").partition(";")[0]
        if not content and not response.content:
            return
        assert kind in content, f"{where} as {kind!r}: documented are {list(content)}"
        if kind.endswith("json"):
            validator = self._validator(path, method, status, kind)
            wrong = [error.message for error in validator.iter_errors(response.json())]
            assert not wrong, f"{where}: {wrong}"

    def path_of(self, path: str, method: str) -> str | None:
        """Return the documented path that serves *path*, or None."""
        for template, pattern in self._paths.items():
            if pattern.fullmatch(path) and method in self.document["paths"][template]:
                return template
        return None

    def _make_validator(
        self, path: str, method: str, status: str, kind: str
    ) -> Draft202012Validator:
        known = self.document["paths"][path][method]["responses"][status]
        schema = {
            "components": closed(self.document.get("components", {})),
            **closed(known["content"][kind]["schema"]),
        }
        return Draft202012Validator(schema)


def closed(schema: Any) -> Any:  # noqa: ANN401 - JSON of any shape
    """Return *schema* such that objects have no members beyond the documented."""
    if isinstance(schema, list):
        return [closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    copied = {name: closed(part) for name, part in schema.items()}
    if isinstance(schema.get("properties"), dict) and schema.get("type") == "object":
        copied.setdefault("additionalProperties", False)
    return copied

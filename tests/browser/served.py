"""The service for `uvicorn --factory tests.browser.served:app`."""

import asyncio
from urllib.parse import parse_qsl

from starlette.types import ASGIApp, Receive, Scope, Send

from tests.blueprints.served import app as service

TOGETHER = "together"


class Together:
    """Holds requests that ask for it until as many as they say are there.

    So whatever they carry was sent before any of them is answered.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._barriers: dict[int, asyncio.Barrier] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Wait for the others, then answer as if nothing had been asked for."""
        query = dict(parse_qsl(scope.get("query_string", b"").decode()))
        if TOGETHER in query and scope["method"] != "OPTIONS":
            many = int(query[TOGETHER])
            await self._barriers.setdefault(many, asyncio.Barrier(many)).wait()
            scope = {**scope, "query_string": b""}
        await self._app(scope, receive, send)


def app() -> ASGIApp:
    """Return the service that the environment describes, behind the owner's part."""
    return Together(service())

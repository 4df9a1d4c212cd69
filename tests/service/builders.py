"""Servers in this process, for what depends on the connection alone."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from keywright.service.server import Worker
from keywright.service.sockets import reserve


async def _echo(request: Request) -> Response:
    size = len(await request.body())
    if request.url.path == "/slow":
        await asyncio.sleep(0.5)
    return PlainTextResponse(str(size))


ECHO = Starlette(
    routes=[
        Route("/", _echo, methods=["GET", "POST"]),
        Route("/slow", _echo, methods=["GET", "POST"]),
    ]
)
"""Answers with the number of bytes in the body; `/slow` takes half a second."""


@asynccontextmanager
async def drained(
    app: Starlette = ECHO, *, header_seconds: float = 10.0
) -> AsyncIterator[tuple[int, Callable[[], Awaitable[None]]]]:
    """Serve *app* on a free port; return the port, and what lets the server leave."""
    ready = asyncio.Event()
    with reserve("127.0.0.1", 0, workers=1) as listener:
        worker = Worker(
            app, listener, on_ready=ready.set, header_seconds=header_seconds
        )
        server = worker.server()
        task = asyncio.create_task(server._serve([listener]))

        async def leave() -> None:
            server.should_exit = True
            await task

        await asyncio.wait_for(ready.wait(), 10)
        try:
            yield listener.getsockname()[1], leave
        finally:
            await leave()


@asynccontextmanager
async def served(
    app: Starlette = ECHO, *, header_seconds: float = 10.0
) -> AsyncIterator[int]:
    """Serve *app* on a free port of this machine and return the port."""
    async with drained(app, header_seconds=header_seconds) as (port, _):
        yield port

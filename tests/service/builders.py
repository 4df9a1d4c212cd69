"""Servers in this process, for what depends on the connection alone."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.types import ASGIApp, Receive, Scope, Send

from keywright.service.server import Worker
from keywright.service.sockets import reserve


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with the number of bytes in the body; `/slow` takes half a second."""
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            await send({"type": f"{message['type']}.complete"})
            if message["type"] == "lifespan.shutdown":
                return
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        size += len(message["body"])
        if not message["more_body"]:
            break
    if scope["path"] == "/slow":
        await asyncio.sleep(0.5)
    body = str(size).encode()
    headers = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


@asynccontextmanager
async def served(
    app: ASGIApp = echo, *, header_seconds: float = 10.0
) -> AsyncIterator[int]:
    """Serve *app* on a free port of this machine and return the port."""
    ready = asyncio.Event()
    with reserve("127.0.0.1", 0, workers=1) as listener:
        worker = Worker(
            app, listener, on_ready=ready.set, header_seconds=header_seconds
        )
        server = worker.server()
        task = asyncio.create_task(server._serve([listener]))
        await asyncio.wait_for(ready.wait(), 10)
        try:
            yield listener.getsockname()[1]
        finally:
            server.should_exit = True
            await task

"""A service on a real socket, for what only shows on the wire."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn

from keywright.service.protocol import with_header_timeout
from tests.blueprints.harness import Service


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listens = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listens.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals to the tests."""
        yield


@asynccontextmanager
async def live(service: Service) -> AsyncIterator[str]:
    """Serve *service* on a port of loopback, and yield its address."""
    # Named, so that connections are not delayed: asyncio asks for the protocol.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    config = uvicorn.Config(
        service.app,
        http=with_header_timeout(10),
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
    )
    server = _Server(config)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    await server.listens.wait()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await task


async def raw(url: str, request: bytes) -> bytes:
    """Return what the server at *url* answers to the bytes of *request*."""
    host, _, port = url.removeprefix("http://").partition(":")

    def exchange() -> bytes:
        with socket.create_connection((host, int(port)), timeout=10) as wire:
            wire.sendall(request)
            received = b""
            while piece := wire.recv(65_536):
                received += piece
        return received

    return await asyncio.to_thread(exchange)

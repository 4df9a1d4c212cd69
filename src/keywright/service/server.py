"""One worker: uvicorn with deadlines, without banners, that leaves when it is told."""

import asyncio
import gc
import os
import resource
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, contextmanager, suppress
from dataclasses import dataclass
from types import FrameType
from typing import Final

import uvicorn
from starlette.applications import Starlette

from keywright.service.protocol import with_header_timeout

DRAIN_SECONDS: Final = 10
KEEP_ALIVE_SECONDS: Final = 75
MOST_FILES: Final = 65_536
STANDARD_INPUT: Final = 0


@dataclass(frozen=True, slots=True)
class Worker:
    """How one worker serves *app* on *listener*.

    *on_ready* is called once requests are answered. With *follows_parent* the worker
    leaves when its standard input ends, which happens when its parent is gone.
    """

    app: Starlette
    listener: socket.socket
    on_ready: Callable[[], None]
    header_seconds: float = 10.0
    logs_access: bool = False
    follows_parent: bool = False

    def run(self) -> int:
        """Serve until SIGTERM or SIGINT; return 0, or 1 if the start failed.

        Requests under way get ten seconds to finish. What the application raises when
        it starts passes.
        """
        _allow_connections()
        server = self.server()
        server.run(sockets=[self.listener])
        return 0 if server.started else 1

    def server(self) -> uvicorn.Server:
        """Return the server, configured and not yet started."""
        config = uvicorn.Config(
            self.app,
            http=with_header_timeout(self.header_seconds),
            ws="none",
            lifespan="off",
            interface="asgi3",
            log_config=None,
            access_log=self.logs_access,
            proxy_headers=False,
            server_header=False,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=DRAIN_SECONDS,
        )
        return _Server(config, self)


def _allow_connections() -> None:
    # Each connection is an open file; what is allowed by default is often 1024.
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_FILES if hard == resource.RLIM_INFINITY else min(MOST_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, worker: Worker) -> None:
        super().__init__(config)
        self._worker = worker
        self._opened = AsyncExitStack()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Open the application first: what it raises is for the caller, not a log."""
        app = self._worker.app
        await self._opened.enter_async_context(app.router.lifespan_context(app))
        await super().startup(sockets)
        if self._worker.follows_parent:
            asyncio.get_running_loop().add_reader(STANDARD_INPUT, self._read_parent)
        # What a start leaves is for ever: a full collection that walks over it would
        # hold up every request for a tenth of a second.
        gc.collect()
        gc.freeze()
        if self.started:
            self._worker.on_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let requests finish, then close the application."""
        await super().shutdown(sockets)
        await self._opened.aclose()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave on a signal as uvicorn does, and not by the signal itself."""
        handled = (signal.SIGINT, signal.SIGTERM)
        former = {number: signal.signal(number, self._leave) for number in handled}
        try:
            yield
        finally:
            for number, handler in former.items():
                signal.signal(number, handler)

    def _leave(self, number: int, _: FrameType | None) -> None:
        self.force_exit = self.should_exit and number == signal.SIGINT
        self.should_exit = True

    def _read_parent(self) -> None:
        with suppress(BlockingIOError):
            if not os.read(STANDARD_INPUT, 1024):
                asyncio.get_running_loop().remove_reader(STANDARD_INPUT)
                self.should_exit = True

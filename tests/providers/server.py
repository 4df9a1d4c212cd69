"""A small HTTP server that answers as a test tells it to, well or badly."""

import asyncio
import json
import ssl
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, as it came."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    form: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered; *stalls* answers nothing until the client gives up."""

    status: int = 200
    content: bytes = b"{}"
    kind: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    stalls: bool = False


def as_json(value: object, status: int = 200) -> Answer:
    """Return *value* as an answer."""
    return Answer(status, json.dumps(value).encode())


Handler = Callable[[Asked], Answer]


class Server:
    """Answers by path; *asked* is what came, *port* where it listens."""

    def __init__(self) -> None:
        self.routes: dict[str, Handler] = {}
        self.asked: list[Asked] = []
        self.port = 0
        self.scheme = "http"
        self.serving: set[asyncio.Task[object]] = set()

    @property
    def base(self) -> str:
        """Return the address of the server."""
        return f"{self.scheme}://localhost:{self.port}"

    def times_asked(self, path: str) -> int:
        """Return how many requests for *path* came."""
        return sum(one.path == path for one in self.asked)

    async def serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Answer one request, then close."""
        if task := asyncio.current_task():
            self.serving.add(task)
            task.add_done_callback(self.serving.discard)
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                await self._answer(reader, writer)
        finally:
            writer.close()
            with suppress(ConnectionError, ssl.SSLError):
                await writer.wait_closed()

    async def _answer(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        asked = await _read(reader)
        self.asked.append(asked)
        handler = self.routes.get(asked.path)
        answer = handler(asked) if handler else Answer(404)
        if answer.stalls:
            await reader.read()
        else:
            writer.write(_written(answer))
            await writer.drain()


@asynccontextmanager
async def listening(
    server: Server, *, context: ssl.SSLContext | None = None
) -> AsyncGenerator[None, None]:
    """Let *server* listen on a port of this machine, by TLS with a *context*."""
    listener = await asyncio.start_server(
        server.serve, "127.0.0.1", server.port, ssl=context
    )
    server.port = listener.sockets[0].getsockname()[1]
    server.scheme = "https" if context else "http"
    try:
        yield
    finally:
        listener.close()
        for task in server.serving:
            task.cancel()
        await asyncio.gather(*server.serving, return_exceptions=True)


async def _read(reader: asyncio.StreamReader) -> Asked:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.split("\r\n")
    method, target, _ = first.split(" ")
    pairs = (line.partition(":") for line in lines if line)
    headers = {name.lower(): value.strip() for name, _, value in pairs}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    parts = urlsplit(target)
    return Asked(
        method,
        parts.path,
        dict(parse_qsl(parts.query)),
        headers,
        dict(parse_qsl(body.decode("latin-1"))),
    )


def _written(answer: Answer) -> bytes:
    headers = {
        "content-type": answer.kind,
        "content-length": str(len(answer.content)),
        "connection": "close",
        **answer.headers,
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {answer.status} Told\r\n{lines}\r\n".encode() + answer.content

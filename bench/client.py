"""A load client thin enough not to be the bottleneck: raw HTTP/1.1 over asyncio.

Runs in a process of its own. Every answer's status is checked; a wrong one counts as
a failure and not as work done.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

END_OF_HEADERS = b"\r\n\r\n"
Request = Callable[[], bytes]
Answer = Callable[[bytes], None]


@dataclass
class Load:
    """What a run did: good and bad answers, and how long each took."""

    done: int = 0
    failed: int = 0
    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        """Return the good answers per second."""
        return self.done / self.seconds if self.seconds else 0.0

    def percentile(self, share: float) -> float:
        """Return the latency in milliseconds that *share* of the answers kept below."""
        ordered = sorted(self.latencies)
        if not ordered:
            return 0.0
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000


@dataclass(frozen=True)
class _Pace:
    until: float
    pause: float


class User:
    """One connection's behaviour: makes requests, and may learn from answers."""

    def request(self) -> bytes:
        """Return the next request."""
        raise NotImplementedError

    def answered(self, head: bytes, body: bytes) -> None:
        """Look at an answer."""


async def run(
    port: int,
    users: Sequence[User],
    *,
    status: int,
    seconds: float,
    pause: float = 0.0,
) -> Load:
    """Let every user send one request after the other for *seconds*.

    Between an answer and the next request each waits for *pause* seconds.
    """
    load = Load()
    expected = f"HTTP/1.1 {status} ".encode()
    began = time.perf_counter()
    until = began + seconds
    pace = _Pace(until, pause)
    await asyncio.gather(*(_one(port, user, expected, pace, load) for user in users))
    load.seconds = time.perf_counter() - began
    return load


async def _one(port: int, user: User, expected: bytes, pace: _Pace, load: Load) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        while (sent := time.perf_counter()) < pace.until:
            writer.write(user.request())
            head = await reader.readuntil(END_OF_HEADERS)
            body = await _body(reader, head)
            load.latencies.append(time.perf_counter() - sent)
            if head.startswith(expected):
                load.done += 1
                user.answered(head, body)
            else:
                load.failed += 1
            if pace.pause:
                await asyncio.sleep(pace.pause)
    finally:
        writer.close()


async def _body(reader: asyncio.StreamReader, head: bytes) -> bytes:
    if b"\r\ntransfer-encoding: chunked" in head.lower():
        chunks = []
        while size := int(await reader.readline(), 16):
            chunks.append(await reader.readexactly(size))
            await reader.readexactly(2)
        await reader.readexactly(2)
        return b"".join(chunks)
    length = content_length(head)
    return await reader.readexactly(length) if length else b""


def content_length(head: bytes) -> int:
    """Return the length of the body that follows *head*."""
    at = head.lower().find(b"\r\ncontent-length:")
    if at < 0:
        return 0
    return int(head[at + 17 : head.index(b"\r\n", at + 17)])


def http(
    method: str, path: str, *, headers: Sequence[str] = (), body: bytes = b""
) -> bytes:
    """Return a request; *headers* are whole lines."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", *headers]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    elif method != "GET":
        lines.append("Content-Length: 0")
    return "\r\n".join(lines).encode() + END_OF_HEADERS + body

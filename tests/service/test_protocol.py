import asyncio
import json
import time
from collections.abc import Sequence

import pytest

from keywright.service.protocol import PatientProtocol
from tests.service.builders import served

GET = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"


async def exchange(port: int, *pieces: bytes, pause: float = 0.05) -> bytes:
    """Return all that the server sends until it closes, or for three seconds."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    received = b""
    try:
        async with asyncio.timeout(3):
            for piece in pieces:
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(pause)
            while part := await reader.read(65_536):
                received += part
    except (TimeoutError, ConnectionError):
        pass
    finally:
        writer.close()
    return received


def refused(received: bytes, status: int) -> str:
    """Return the code in the one answer that was *received*."""
    head, _, body = received.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 %d " % status)
    lines = dict(line.split(b": ", 1) for line in head.lower().splitlines()[1:])
    assert int(lines[b"content-length"]) == len(body)
    assert lines[b"cache-control"] == b"no-store"
    shown = json.loads(body)
    assert shown["requestId"] == lines[b"x-request-id"].decode()
    assert shown["statusCode"] == status
    return str(shown["code"])


async def seconds_until_closed(port: int, *pieces: bytes, pause: float = 0.05) -> float:
    began = time.monotonic()
    await exchange(port, *pieces, pause=pause)
    return time.monotonic() - began


@pytest.mark.attack
@pytest.mark.parametrize(
    "pieces",
    [
        (),
        (b"GET / HT",),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\n",),
        (GET, b"GET / HTTP/1.1\r\n"),
    ],
)
async def test_half_a_request_does_not_keep_its_place(pieces: Sequence[bytes]) -> None:
    async with served(header_seconds=0.4) as port:
        assert await seconds_until_closed(port, *pieces) < 1.5


@pytest.mark.attack
async def test_headers_that_drip_do_not_win_time() -> None:
    drops = [b"GET / HTTP/1.1\r\n", *(b"x-%d: 1\r\n" % drop for drop in range(30))]
    async with served(header_seconds=0.4) as port:
        assert await seconds_until_closed(port, *drops, pause=0.1) < 1.5


@pytest.mark.attack
async def test_a_body_that_never_ends_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PatientProtocol, "body_seconds", 0.4)
    half = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nhalf"
    async with served() as port:
        assert await seconds_until_closed(port, half) < 1.5


async def test_a_request_in_pieces_is_served() -> None:
    async with served(header_seconds=1) as port:
        pieces = (
            b"POST / HTTP/1.1\r\nHost: loc",
            b"alhost\r\nContent-Length: 6\r\nConnection: close\r\n\r\nhel",
            b"lo!",
        )
        assert (await exchange(port, *pieces)).endswith(b"\r\n\r\n6")


async def test_an_idle_connection_outlives_the_time_for_headers() -> None:
    async with served(header_seconds=0.3) as port:
        last = GET.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
        received = await exchange(port, GET, last, pause=0.8)
    assert received.count(b"HTTP/1.1 200") == 2


async def test_several_requests_in_one_piece_are_served() -> None:
    async with served() as port:
        last = GET.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
        received = await exchange(port, GET + GET + last)
    assert received.count(b"HTTP/1.1 200") == 3


async def test_a_large_body_before_a_request_is_not_counted_as_headers() -> None:
    large = (
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 150000\r\n\r\n" + b"x" * 150_000
    )
    last = GET.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
    async with served() as port:
        received = await exchange(port, large + last)
    assert received.count(b"HTTP/1.1 200") == 2


@pytest.mark.attack
@pytest.mark.parametrize("pause", [0.0, 0.05])
async def test_headers_of_100_kilobytes_are_refused(pause: float) -> None:
    large = b"GET / HTTP/1.1\r\nHost: x\r\n" + b"".join(
        b"x-%d: %s\r\n" % (number, b"x" * 1000) for number in range(100)
    )
    pieces = [large[at : at + 9000] for at in range(0, len(large), 9000)]
    async with served() as port:
        received = await exchange(port, *pieces, b"\r\n", pause=pause)
    assert refused(received, 431) == "headers_too_large"


@pytest.mark.attack
async def test_one_endless_header_is_refused() -> None:
    async with served() as port:
        received = await exchange(
            port, b"GET / HTTP/1.1\r\nx: ", *[b"x" * 30_000] * 5, pause=0.01
        )
    assert refused(received, 431) == "headers_too_large"


@pytest.mark.attack("H8")
@pytest.mark.asvs("V4.2.1")
@pytest.mark.parametrize(
    "request_",
    [
        b"POST / HTTP/1.1\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0",
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        b"GET / HTTP/1.1\r\nHost: x\r\n folded: 1\r\n\r\n",
        b"GET / HTTP/1.1\nHost: x\n\n",
        b"GET / HTTP/1.1\r\nHost : x\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ],
)
async def test_requests_that_servers_read_differently_are_refused(
    request_: bytes,
) -> None:
    async with served() as port:
        received = await exchange(port, request_)
    assert refused(received, 400) == "malformed_request"
    assert received.count(b"HTTP/1.1") == 1


async def test_no_answer_tells_what_serves_it() -> None:
    async with served() as port:
        received = await exchange(port, GET, b"garbage\r\n\r\n")
    assert b"server:" not in received.lower()
    assert b"uvicorn" not in received.lower()

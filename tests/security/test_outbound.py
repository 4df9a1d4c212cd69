"""No text of a client makes the service call anybody (L4)."""

import socket
from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.blueprints.harness import Service
from tests.security.parameters import elsewhere, members

pytestmark = pytest.mark.long

SPELLINGS = (
    "http://127.0.0.1:{}/x",
    "https://127.0.0.1:{}/x",
    "//127.0.0.1:{}/x",
    "http://127.1:{}/x",
    "http://0:{}/x",
    "http://0x7f.1:{}/x",
    "http://0177.0.0.1:{}/x",
    "http://2130706433:{}/x",
    "http://[::ffff:7f00:1]:{}/x",
    "http://[::ffff:127.0.0.1]:{}/x",
    "http://localhost:{}/x",
    "http://localhost.:{}/x",
    "http://mail.example@127.0.0.1:{}/x",
    "http://127.0.0.1:{}#@mail.example/",
    "a@[127.0.0.1:{}]",
    "ftp://127.0.0.1:{}/x",
    "gopher://127.0.0.1:{}/x",
    "127.0.0.1:{}",
)
HEADERS = (
    "referer",
    "origin",
    "x-forwarded-host",
    "x-original-url",
    "x-callback-url",
    "destination",
    "link",
    "user-agent",
)


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with closing(socket.create_server(("127.0.0.1", 0))) as opened:
        opened.setblocking(False)
        yield opened


def addresses(listener: socket.socket) -> list[str]:
    """Return spellings of the address of *listener*."""
    port = listener.getsockname()[1]
    return [spelling.format(port) for spelling in SPELLINGS]


def was_called(listener: socket.socket) -> bool:
    """Say whether anybody has connected."""
    try:
        listener.accept()[0].close()
    except BlockingIOError:
        return False
    return True


@pytest.mark.attack("L4")
@pytest.mark.asvs("V1.3.6")
@pytest.mark.asvs("V13.2.4")
async def test_no_address_anywhere_in_a_request_is_called(
    service: Service, listener: socket.socket
) -> None:
    owner = await service.signed_in()
    for parameter in (*members(service, owner), *elsewhere(service, owner)):
        for address in addresses(listener):
            answer = await parameter.send(address)
            assert answer.status_code < 500, f"{parameter.name} {address}"
    await service.drain()

    assert not was_called(listener)


@pytest.mark.attack("L4")
async def test_no_address_in_a_header_is_called(
    service: Service, listener: socket.socket
) -> None:
    user = await service.user()
    for header in HEADERS:
        for address in addresses(listener):
            answer = await service.client(origin=None, checked=False).post(
                "/forgot-password",
                json={"email": user.email},
                headers={header: address},
            )
            assert answer.status_code < 500, f"{header} {address}"
    await service.drain()

    assert not was_called(listener)


def test_the_listener_would_notice(listener: socket.socket) -> None:
    with closing(socket.create_connection(listener.getsockname())):
        assert was_called(listener)
    assert not was_called(listener)

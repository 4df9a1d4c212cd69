"""Multipart bodies made to keep a parser busy (H3)."""

from collections.abc import AsyncIterator

import pytest

from tests.blueprints.harness import Client, Service
from tests.security.operations import UNSAFE, Operation

pytestmark = pytest.mark.long

NEEDS = "avatars"
KIND = {"content-type": "multipart/form-data; boundary=b"}
PIECE = b"x" * 65_536
PIECES = 800
PART = b'--b\r\nContent-Disposition: form-data; name="n"\r\n\r\nv\r\n'
BODIES = {
    "many parts": PART * 1000 + b"--b--\r\n",
    "one endless header": b"--b\r\nContent-Disposition: form-data; n=" + PIECE,
    "many headers": b"--b\r\n" + b"X-A: b\r\n" * 5000 + b"\r\nv\r\n--b--\r\n",
    "junk before the boundary": b"\r\n" * 20_000 + PART + b"--b--\r\n",
    "junk behind the end": PART + b"--b--" + b"\r\n" * 20_000,
    "no end": PART,
    "a boundary that almost ends": PART + b"\r\n--" * 10_000,
    "a part without a name": b"--b\r\n\r\nv\r\n--b--\r\n",
    "a part with two names": PART.replace(b'"n"', b'"n"; name="m"') + b"--b--\r\n",
    "nothing but null": b"\x00" * 40_000,
}
BOUNDARIES = (
    "",
    "boundary=",
    "boundary=" + "b" * 5000,
    'boundary="',
    "boundary=\u00ff",
)
REFUSED = {400, 401, 404, 413, 415, 422}


async def clients(service: Service) -> list[Client]:
    """Return a stranger and a signed-in user."""
    return [service.client(checked=False), await service.signed_in(checked=False)]


@pytest.mark.attack("H3")
@pytest.mark.parametrize("operation", UNSAFE, ids=str)
async def test_a_hostile_form_is_refused(
    service: Service, operation: Operation
) -> None:
    for client in await clients(service):
        for name, body in BODIES.items():
            answer = await client.request(
                operation.method, operation.path, content=body, headers=KIND
            )
            assert answer.status_code in REFUSED, name
            assert answer.json()["code"]


@pytest.mark.attack("H3")
@pytest.mark.parametrize("boundary", BOUNDARIES)
async def test_a_form_with_a_strange_boundary_is_refused(
    service: Service, boundary: str
) -> None:
    kind = f"multipart/form-data; {boundary}".encode()
    for client in await clients(service):
        answer = await client.request(
            "PATCH",
            "/profile",
            content=PART + b"--b--\r\n",
            headers=[(b"content-type", kind)],
        )
        assert answer.status_code in REFUSED, answer.text


@pytest.mark.attack("H3")
@pytest.mark.parametrize("length", ["-1", "0x10", "1e9", "9" * 40])
async def test_a_form_of_an_impossible_length_is_refused(
    service: Service, length: str
) -> None:
    client = await service.signed_in(checked=False)

    answer = await client.request(
        "PATCH",
        "/profile",
        content=PART + b"--b--\r\n",
        headers={**KIND, "content-length": length},
    )

    assert answer.status_code in REFUSED


@pytest.mark.attack("H3")
@pytest.mark.parametrize("operation", UNSAFE, ids=str)
async def test_a_form_that_never_ends_is_not_read_to_its_end(
    service: Service, operation: Operation
) -> None:
    client = await service.signed_in(checked=False)
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        yield b"--b\r\nContent-Disposition: form-data; name="
        for _ in range(PIECES):
            sent += 1
            yield PIECE

    answer = await client.request(
        operation.method, operation.path, content=endless(), headers=KIND
    )

    assert answer.status_code in REFUSED
    assert sent < PIECES

"""Small documents of other servers: bounded, and never followed."""

import ssl
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from keywright.shared.egress import Egress
from keywright.shared.fetch import Fetcher, FetchFailed
from tests.providers.certificates import certificate
from tests.providers.server import Answer, Server, as_json, listening

MOMENT = timedelta(seconds=0.3)
LONG = timedelta(seconds=20)
OPEN = Egress(plain_loopback=True)
BAD = {
    "a redirect": Answer(302, headers={"location": "/other"}),
    "compressed": Answer(headers={"content-encoding": "gzip"}),
    "a page": Answer(kind="text/html"),
    "no kind": Answer(kind=""),
    "no JSON": Answer(content=b"{"),
    "too large": Answer(content=b'"' + b"x" * 200 + b'"'),
}


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    opened = Server()
    async with listening(opened):
        yield opened


async def test_a_document_is_returned_with_its_status(server: Server) -> None:
    server.routes["/a"] = lambda _: as_json({"b": 1}, 418)

    fetched = await Fetcher(OPEN).get(f"{server.base}/a", params={"c": "d"})

    assert (fetched.status, fetched.json, fetched.is_good) == (418, {"b": 1}, False)
    assert server.asked[0].query == {"c": "d"}


async def test_a_form_is_posted_with_the_clients_secret(server: Server) -> None:
    server.routes["/a"] = lambda _: as_json({})

    await Fetcher(OPEN).post(f"{server.base}/a", form={"c": "d"}, basic=("e", "f"))

    asked = server.asked[0]
    assert (asked.method, asked.form) == ("POST", {"c": "d"})
    assert asked.headers["authorization"] == "Basic ZTpm"


async def test_a_token_is_sent_in_the_header(server: Server) -> None:
    server.routes["/a"] = lambda _: as_json({})

    await Fetcher(OPEN).get(f"{server.base}/a", bearer="token")

    assert server.asked[0].headers["authorization"] == "Bearer token"
    assert server.asked[0].headers["host"] == f"localhost:{server.port}"


@pytest.mark.attack("C16")
@pytest.mark.parametrize("what", BAD)
async def test_what_is_no_small_document_fails(server: Server, what: str) -> None:
    server.routes["/a"] = lambda _: BAD[what]

    with pytest.raises(FetchFailed):
        await Fetcher(OPEN, largest=100).get(f"{server.base}/a")

    assert server.times_asked("/other") == 0


@pytest.mark.attack("C16")
async def test_a_server_that_says_nothing_is_given_up(server: Server) -> None:
    server.routes["/a"] = lambda _: Answer(stalls=True)

    with pytest.raises(FetchFailed):
        await Fetcher(OPEN, total=MOMENT).get(f"{server.base}/a")


@pytest.mark.attack("C19")
@pytest.mark.parametrize(
    "url",
    [
        "http://idp.example/a",
        "https://10.0.0.1/a",
        "https://[::1",
        "ftp://localhost/a",
        "nonsense",
        "https://name.invalid/a",
    ],
)
async def test_what_may_not_be_reached_fails(url: str) -> None:
    with pytest.raises(FetchFailed):
        await Fetcher(OPEN, total=LONG).get(url)


async def test_in_production_this_machine_is_not_reached(server: Server) -> None:
    server.routes["/a"] = lambda _: as_json({})

    with pytest.raises(FetchFailed):
        await Fetcher(Egress()).get(f"{server.base}/a")
    assert not server.asked


@pytest.mark.attack("C16")
async def test_a_certificate_that_nobody_signed_fails(tmp_path: Path) -> None:
    server = Server()
    server.routes["/a"] = lambda _: as_json({})

    async with listening(server, context=certificate(tmp_path, "localhost")):
        with pytest.raises(FetchFailed):
            await Fetcher(OPEN).get(f"{server.base}/a")

    assert not server.asked


async def test_the_certificate_is_the_names_though_the_address_is_pinned(
    tmp_path: Path,
) -> None:
    server = Server()
    server.routes["/a"] = lambda _: as_json({"b": 1})

    async with listening(server, context=certificate(tmp_path, "localhost")):
        trusting = ssl.create_default_context(cafile=tmp_path / "localhost.pem")
        fetched = await Fetcher(OPEN, context=trusting).get(f"{server.base}/a")

    assert fetched.json == {"b": 1}


@pytest.mark.attack("C16")
async def test_a_certificate_of_another_name_fails(tmp_path: Path) -> None:
    server = Server()
    server.routes["/a"] = lambda _: as_json({})

    async with listening(server, context=certificate(tmp_path, "other.example")):
        trusting = ssl.create_default_context(cafile=tmp_path / "other.example.pem")
        with pytest.raises(FetchFailed):
            await Fetcher(OPEN, context=trusting).get(f"{server.base}/a")


@pytest.mark.parametrize(
    ("address", "may"),
    [
        ("https://idp.example/a", True),
        ("http://localhost:8080/a", True),
        ("http://idp.example/a", False),
        ("https://u@idp.example/", False),
        ("https://idp.example/#a", False),
        ("https://", False),
        ("javascript:x", False),
        (None, False),
        (7, False),
        ("https://[", False),
    ],
)
def test_which_addresses_browsers_may_be_sent_to(address: object, *, may: bool) -> None:
    assert Fetcher(OPEN).may_reach(address) is may

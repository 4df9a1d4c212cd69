"""Where requests of ours may go."""

from collections.abc import Sequence
from ipaddress import ip_network

import pytest

from keywright.shared.egress import Egress, EgressRefused, Resolve, resolve


def answering(*addresses: str) -> Resolve:
    """Return a resolver that says *addresses* of every name."""

    async def resolved(host: str, port: int) -> Sequence[str]:
        return addresses

    return resolved


@pytest.mark.attack("C19")
@pytest.mark.attack("L3")
@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "::1",
        "0.0.0.0",  # noqa: S104 - not a place to listen at
        "::",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.0.1",
        "100.64.0.1",
        "169.254.169.254",
        "fe80::1",
        "fd00::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "224.0.0.1",
        "ff02::1",
        "192.0.2.1",
        "255.255.255.255",
    ],
)
async def test_an_address_that_is_not_public_is_refused(address: str) -> None:
    with pytest.raises(EgressRefused):
        await Egress(resolve=answering(address)).pin("idp.example", 443)


@pytest.mark.attack("C19")
async def test_one_bad_address_among_good_ones_is_enough() -> None:
    egress = Egress(resolve=answering("93.184.216.34", "10.0.0.1"))

    with pytest.raises(EgressRefused):
        await egress.pin("idp.example", 443)


async def test_a_public_address_is_pinned() -> None:
    egress = Egress(resolve=answering("93.184.216.34", "2606:4700::1"))

    assert await egress.pin("idp.example", 443) == "93.184.216.34"


async def test_a_listed_network_may_be_reached() -> None:
    inside = (ip_network("10.1.0.0/16"),)

    assert await Egress(inside, resolve=answering("10.1.2.3")).pin("a", 443)
    with pytest.raises(EgressRefused):
        await Egress(inside, resolve=answering("10.2.2.3")).pin("a", 443)


async def test_this_machine_may_be_reached_where_that_is_allowed() -> None:
    egress = Egress(plain_loopback=True, resolve=answering("127.0.0.1"))

    assert await egress.pin("localhost", 80) == "127.0.0.1"


async def test_a_name_without_addresses_is_an_error() -> None:
    with pytest.raises(OSError, match="nowhere"):
        await Egress(resolve=answering()).pin("nowhere", 443)


async def test_names_are_looked_up_for_real() -> None:
    assert "127.0.0.1" in await resolve("127.0.0.1", 80)


@pytest.mark.parametrize(
    ("scheme", "host", "plain", "may"),
    [
        ("https", "idp.example", False, True),
        ("http", "idp.example", False, False),
        ("http", "idp.example", True, False),
        ("http", "localhost", True, True),
        ("http", "127.0.0.1", True, True),
        ("http", "::1", True, True),
        ("http", "10.0.0.1", True, False),
        ("http", "localhost", False, False),
        ("file", "localhost", True, False),
    ],
)
def test_plain_http_stays_on_this_machine(
    scheme: str, host: str, *, plain: bool, may: bool
) -> None:
    egress = Egress(plain_loopback=plain)
    if may:
        egress.require_scheme(scheme, host)
        return
    with pytest.raises(EgressRefused):
        egress.require_scheme(scheme, host)

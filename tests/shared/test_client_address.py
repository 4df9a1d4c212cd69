"""The client's address, which proxies may report and clients may not."""

import pytest

from keywright.shared.client_address import (
    UNKNOWN,
    bucket,
    client_address,
    parse_networks,
    wide_bucket,
)

PEER = "198.51.100.7"
CLIENT = "203.0.113.9"
PROXY, INNER = "10.0.0.1", "10.0.0.2"
TRUSTED = parse_networks(["10.0.0.0/8", "fd00::/8"])


@pytest.mark.attack("F3")
@pytest.mark.parametrize("forwarded", [[], ["1.1.1.1"], ["1.1.1.1, 2.2.2.2"], ["x"]])
def test_a_stranger_is_not_believed(forwarded: list[str]) -> None:
    assert client_address(PEER, forwarded, trusted=TRUSTED) == PEER
    assert client_address(PEER, forwarded, trusted=()) == PEER


@pytest.mark.attack("F3")
@pytest.mark.parametrize(
    ("forwarded", "expected"),
    [
        pytest.param([CLIENT], CLIENT, id="one proxy"),
        pytest.param([f"1.1.1.1, {CLIENT}"], CLIENT, id="the client invents one"),
        pytest.param([f"evil, {CLIENT}"], CLIENT, id="the client invents words"),
        pytest.param([f"{CLIENT},{INNER}"], CLIENT, id="two proxies"),
        pytest.param([f"1.1.1.1, {CLIENT} , {INNER}"], CLIENT, id="two, and invented"),
        pytest.param([f"{INNER}, {CLIENT}"], CLIENT, id="invented, as a proxy"),
        pytest.param([INNER], INNER, id="a proxy is the client"),
        pytest.param([], PROXY, id="the proxy itself"),
        pytest.param([""], UNKNOWN, id="an empty header"),
        pytest.param(["unknown"], UNKNOWN, id="no address"),
        pytest.param(["6.6.6.6", CLIENT], CLIENT, id="two headers, one invented"),
        pytest.param(
            [f"6.6.6.6, {CLIENT}", "10.0.0.2"], CLIENT, id="two headers, one a proxy's"
        ),
        pytest.param([f"{CLIENT}, "], UNKNOWN, id="an empty hop"),
        pytest.param([f"{CLIENT}:1234"], UNKNOWN, id="with a port"),
        pytest.param(["fe80::1%" + "z" * 60], UNKNOWN, id="longer than any address"),
        pytest.param(["2001:DB8::9"], "2001:db8::9", id="IPv6"),
        pytest.param(["::ffff:203.0.113.9"], CLIENT, id="mapped"),
        pytest.param([f"{CLIENT}, ::ffff:10.0.0.2"], CLIENT, id="a mapped proxy"),
        pytest.param([f"{CLIENT}, fd00::1"], CLIENT, id="an IPv6 proxy"),
    ],
)
def test_a_trusted_proxy_is_read_from_right_to_left(
    forwarded: list[str], expected: str
) -> None:
    assert client_address(PROXY, forwarded, trusted=TRUSTED) == expected


@pytest.mark.attack("F6")
@pytest.mark.parametrize("peer", [None, "", "testclient", "/run/socket", "1.2.3"])
def test_a_peer_without_an_address_is_unknown(peer: str | None) -> None:
    assert client_address(peer, [CLIENT], trusted=TRUSTED) == UNKNOWN


@pytest.mark.parametrize(
    ("peer", "expected"),
    [
        ("::ffff:198.51.100.7", PEER),
        ("2001:DB8:0:0::7", "2001:db8::7"),
        ("fe80::1%eth0", "fe80::1"),
    ],
)
def test_an_address_has_one_spelling(peer: str, expected: str) -> None:
    assert client_address(peer, [], trusted=()) == expected


@pytest.mark.attack("F4")
@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("2001:db8:0:1::1", "2001:db8:0:1::/64"),
        ("2001:DB8:0:1:FFFF:FFFF:FFFF:FFFF", "2001:db8:0:1::/64"),
        ("2001:0db8:0000:0001:0000:0000:0000:0001", "2001:db8:0:1::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("203.0.113.9", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("::FFFF:CB00:7109", "203.0.113.9"),
        (UNKNOWN, UNKNOWN),
        ("testclient", UNKNOWN),
        ("", UNKNOWN),
    ],
)
def test_one_client_has_one_bucket(address: str, expected: str) -> None:
    assert bucket(address) == expected


@pytest.mark.attack("F4")
@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("2001:db8:7:1::1", "2001:db8:7::/48"),
        ("2001:db8:7:ffff::1", "2001:db8:7::/48"),
        ("203.0.113.9", None),
        ("::ffff:203.0.113.9", None),
        (UNKNOWN, None),
    ],
)
def test_only_an_ipv6_client_has_a_wide_bucket(
    address: str, expected: str | None
) -> None:
    assert wide_bucket(address) == expected


def test_a_single_address_is_a_network_of_one() -> None:
    (network,) = parse_networks(["192.0.2.1"])

    assert str(network) == "192.0.2.1/32"


def test_a_network_may_be_named_by_any_of_its_addresses() -> None:
    assert [str(network) for network in parse_networks(["10.1.2.3/8", "::1/128"])] == [
        "10.0.0.0/8",
        "::1/128",
    ]


@pytest.mark.parametrize("name", ["", "proxy", "10.0.0.0/33", "300.1.1.1"])
def test_what_is_no_network_is_refused(name: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - any reason will do
        parse_networks([name])

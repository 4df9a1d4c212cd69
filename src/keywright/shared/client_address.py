"""The client's address, which proxies may report and clients may not."""

from collections.abc import Sequence
from functools import lru_cache
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
UNKNOWN = "unknown"
LONGEST = 64
"""Longer than any address, with the zone that some systems write behind it."""
KEPT = 4096


def parse_networks(names: Sequence[str]) -> tuple[Network, ...]:
    """Return *names* as networks; a single address is a network of one."""
    return tuple(ip_network(name, strict=False) for name in names)


def client_address(
    peer: str | None, forwarded: Sequence[str], *, trusted: Sequence[Network]
) -> str:
    """Return the address of the client behind trusted proxies.

    *peer* is the other end of the connection, *forwarded* the values of all
    `X-Forwarded-For` headers: several are one list (RFC 9110, 5.3). They are believed
    only from a trusted peer, and read from right to left past trusted hops: what stands
    further left is the client's own invention. An address that cannot be read is
    "unknown", one bucket for all.
    """
    current = _parse(peer or "")
    if current is None:
        return UNKNOWN
    if not _is_trusted(current, trusted):
        return str(current)
    if not forwarded:
        return str(current)
    for hop in reversed(",".join(forwarded).split(",")):
        address = _parse(hop.strip())
        if address is None:
            return UNKNOWN
        current = address
        if not _is_trusted(current, trusted):
            break
    return str(current)


@lru_cache(KEPT)
def bucket(address: str) -> str:
    """Return what limits are counted by: an IPv4 address, or the /64 of an IPv6 one."""
    parsed = _parse(address)
    if isinstance(parsed, IPv6Address):
        return str(ip_network((parsed, 64), strict=False))
    return UNKNOWN if parsed is None else str(parsed)


@lru_cache(KEPT)
def wide_bucket(address: str) -> str | None:
    """Return the /48 of an IPv6 *address*, which one customer may have, else None."""
    parsed = _parse(address)
    if isinstance(parsed, IPv6Address):
        return str(ip_network((parsed, 48), strict=False))
    return None


def _parse(text: str) -> Address | None:
    return _parsed(text) if len(text) <= LONGEST else None


@lru_cache(KEPT)
def _parsed(text: str) -> Address | None:
    try:
        address = ip_address(text.split("%", maxsplit=1)[0])
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        return address.ipv4_mapped
    return address


def _is_trusted(address: Address, trusted: Sequence[Network]) -> bool:
    return any(
        address.version == network.version and address in network for network in trusted
    )

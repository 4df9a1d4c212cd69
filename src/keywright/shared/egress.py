"""Where requests of ours may go: public addresses, each name looked up once.

A name can resolve to an address inside of our network, and to another one a moment
later. So it is resolved here, every address is looked at, and the connection is made
to one of them (OWASP SSRF prevention).
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network

from keywright.shared.client_address import Address, Network

WRAPPERS = tuple(ip_network(name) for name in ("64:ff9b::/96", "2002::/16"))
"""Addresses that hold another one, which nobody would look at."""
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]


class EgressRefused(Exception):
    """The request would go where none of ours may go."""


async def resolve(host: str, port: int) -> Sequence[str]:
    """Return the addresses of *host*, or raise OSError."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


@dataclass(frozen=True, slots=True)
class Egress:
    """The rules: public addresses by https, and *further* networks.

    With *plain_loopback* also this machine, and that by http too: not in production.
    """

    further: Sequence[Network] = ()
    plain_loopback: bool = False
    resolve: Resolve = resolve

    def require_scheme(self, scheme: str, host: str) -> None:
        """Raise `EgressRefused` unless the scheme may be used with that host."""
        is_plain = scheme == "http" and self.plain_loopback and _is_this_machine(host)
        if scheme != "https" and not is_plain:
            raise EgressRefused(scheme)

    async def pin(self, host: str, port: int) -> str:
        """Return the one address of *host* to connect to.

        Raise `EgressRefused` if any of its addresses may not be reached, or OSError if
        it has none.
        """
        addresses = [ip_address(one) for one in await self.resolve(host, port)]
        if not addresses:
            raise OSError(host)
        if not all(self._may_reach(one) for one in addresses):
            raise EgressRefused(host)
        return str(addresses[0])

    def _may_reach(self, address: Address) -> bool:
        if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
            address = address.ipv4_mapped
        if any(address in network for network in self.further):
            return True
        if address.is_loopback:
            return self.plain_loopback
        if any(address in network for network in WRAPPERS):
            return False
        return address.is_global and not address.is_multicast


def _is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False

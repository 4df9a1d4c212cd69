"""Listening sockets: one per worker, on one address.

A socket of its own for each worker (SO_REUSEPORT) lets the kernel spread connections
evenly, and what a worker that died had not accepted goes to the others.
"""

import errno
import ipaddress
import socket
from typing import Final

from keywright.service.failures import Failure

BACKLOG: Final = 2048


def is_loopback(host: str) -> bool:
    """Say whether *host* is an address or name of this machine alone."""
    if host.lower().rstrip(".") == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def reserve(host: str, port: int, *, workers: int) -> socket.socket:
    """Return a socket that holds the address without listening on it.

    Raise `Failure` if somebody else listens there, or there is no such address. With
    several workers each opens its own by `share`; one worker may listen on this one.
    """
    if workers > 1 and not hasattr(socket, "SO_REUSEPORT"):
        raise Failure("This system serves with one worker only: set AUTH_WORKERS=1")
    try:
        if workers == 1:
            return _bound(host, port, is_shared=False)
        with _bound(host, port, is_shared=False) as probe:
            found = probe.getsockname()[1]
        return _bound(host, found, is_shared=True)
    except OSError as error:
        raise Failure(_explained(host, port, error)) from None


def share(host: str, port: int) -> socket.socket:
    """Return a socket on the address that a parent holds by `reserve`."""
    return _bound(host, port, is_shared=True)


def _bound(host: str, port: int, *, is_shared: bool) -> socket.socket:
    family, kind, protocol, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    bound = socket.socket(family, kind, protocol)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if is_shared:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        bound.bind(address)
    except OSError:
        bound.close()
        raise
    return bound


def _explained(host: str, port: int, error: OSError) -> str:
    match error.errno:
        case errno.EADDRINUSE:
            return (
                f"Port {port} on {host} is in use. Stop what listens there, or choose "
                "another port: keywright serve --port 9001"
            )
        case errno.EACCES:
            return (
                f"Port {port} is for the administrator of this machine only. Choose "
                "another: keywright serve --port 9000"
            )
        case _:
            return (
                f"The service cannot listen on {host}, port {port} ({error.strerror})."
                " Choose an address of this machine: keywright serve --host 127.0.0.1"
            )

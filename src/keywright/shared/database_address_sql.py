"""What is wrong with the address of an SQL database."""

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from keywright.shared.drivers import DriverMissing, with_driver

__all__ = ["database_problem"]


def database_problem(url: str) -> str | None:
    """Return what is expected instead of *url*; None if a client can be made of it.

    Nothing is connected, and no part of *url* repeated but its scheme.
    """
    try:
        make_url(url)
    except (ArgumentError, ValueError):
        return "postgresql://user:password@host/name or so"
    try:
        with_driver(url)
    except (ValueError, DriverMissing) as error:
        return str(error)
    return None

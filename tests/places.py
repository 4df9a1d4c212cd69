"""Where the test servers are; every test process has databases of its own there."""

import os
from functools import cache
from urllib.parse import urlsplit, urlunsplit

import pytest


def worker() -> str:
    """Return the name of this test process: `gw3` under xdist, else `main`."""
    return os.environ.get("PYTEST_XDIST_WORKER", "main")


def address(name: str, variable: str) -> str:
    """Return what *variable* says of the server *name*; skip where it may miss."""
    if name in os.environ.get("TEST_MISSING", "").split(","):
        pytest.skip(f"TEST_MISSING names {name}")
    if address := os.environ.get(variable):
        return address
    message = f"{variable} is not set; the tests need that server."
    raise RuntimeError(message)


@cache
def redis_url() -> str:
    """Return the address with the database number of this process.

    The numbers follow the one in TEST_REDIS_URL, which is 0 if it names none.
    """
    parts = urlsplit(address("redis", "TEST_REDIS_URL"))
    first = int(parts.path.strip("/") or 0)
    number = int(worker().removeprefix("gw")) if worker() != "main" else 0
    return urlunsplit(parts._replace(path=f"/{first + number}"))


@cache
def mongo_url(beside: str = "") -> str:
    """Return the address of this process's database, or of one *beside* it."""
    parts = urlsplit(address("mongo", "TEST_MONGO_URL"))
    return urlunsplit(parts._replace(path=f"/auth_test_{worker()}{beside}"))

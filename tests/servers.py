"""Addresses of the test servers, with a database of its own per test process."""

import os
from functools import cache
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from psycopg import sql


def worker() -> str:
    """Return the name of this test process: `gw3` under xdist, else `main`."""
    return os.environ.get("PYTEST_XDIST_WORKER", "main")


@cache
def postgres_url() -> str:
    """Return the address of this process's database, which is made if missing."""
    parts = urlsplit(address("postgres", "TEST_POSTGRES_URL"))
    name = f"auth_test_{worker()}"
    with psycopg.connect(urlunsplit(parts), autocommit=True) as connection:
        known = "SELECT 1 FROM pg_database WHERE datname = %s"
        if connection.execute(known, [name]).fetchone() is None:
            create = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
            connection.execute(create)
    return urlunsplit(parts._replace(path=f"/{name}"))


@cache
def redis_url() -> str:
    """Return the address with the database number of this process.

    The numbers follow the one in TEST_REDIS_URL, which is 0 if it names none.
    """
    parts = urlsplit(address("redis", "TEST_REDIS_URL"))
    first = int(parts.path.strip("/") or 0)
    number = int(worker().removeprefix("gw")) if worker() != "main" else 0
    return urlunsplit(parts._replace(path=f"/{first + number}"))


def cluster_url() -> str:
    """Return the address of the cluster, which all test processes share."""
    return address("cluster", "TEST_REDIS_CLUSTER_URL")


@cache
def mongo_url(beside: str = "") -> str:
    """Return the address of this process's database, or of one *beside* it."""
    parts = urlsplit(address("mongo", "TEST_MONGO_URL"))
    return urlunsplit(parts._replace(path=f"/auth_test_{worker()}{beside}"))


def s3_url() -> str:
    """Return the address of the object store, which all test processes share."""
    return address("s3", "TEST_S3_URL")


def address(name: str, variable: str) -> str:
    """Return what *variable* says of the server *name*; skip where it may miss."""
    if name in os.environ.get("TEST_MISSING", "").split(","):
        pytest.skip(f"ALLOW_MISSING names {name}")
    if address := os.environ.get(variable):
        return address
    message = f"{variable} is not set; the tests need that server."
    raise RuntimeError(message)

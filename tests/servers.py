"""Addresses of the test servers, with a database of its own per test process."""

from functools import cache
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from tests.places import address, mongo_url, redis_url, worker

__all__ = [
    "address",
    "cluster_url",
    "mongo_url",
    "postgres_url",
    "redis_url",
    "s3_url",
    "worker",
]


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


def cluster_url() -> str:
    """Return the address of the cluster, which all test processes share."""
    return address("cluster", "TEST_REDIS_CLUSTER_URL")


def s3_url() -> str:
    """Return the address of the object store, which all test processes share."""
    return address("s3", "TEST_S3_URL")

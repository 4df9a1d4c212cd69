"""The storages a blueprint is tested on; one more is one more entry.

Every test process has databases of its own.
"""

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql
from pymongo import MongoClient
from redis import Redis

from keywright.shared.secrets import new_id
from tests.mysql_server import emptied_mysql
from tests.servers import cluster_url, mongo_url, postgres_url, redis_url, worker

SettingsPart = dict[str, object]


@cache
def postgres_beside(suffix: str) -> str:
    """Return the address of a database beside the one of this test process.

    It is empty: what an earlier run left is dropped.
    """
    parts = urlsplit(postgres_url())
    name = f"{parts.path.strip('/')}_{suffix}"
    with psycopg.connect(urlunsplit(parts), autocommit=True) as connection:
        for statement in (
            "DROP DATABASE IF EXISTS {} WITH (FORCE)",
            "CREATE DATABASE {}",
        ):
            connection.execute(sql.SQL(statement).format(sql.Identifier(name)))
    return urlunsplit(parts._replace(path=f"/{name}"))


def _sqlite(folder: Path) -> SettingsPart:
    return {"database_url": f"sqlite:///{folder / 'auth.db'}"}


def _postgres() -> SettingsPart:
    return {"database_url": postgres_beside("http")}


@cache
def emptied_redis() -> str:
    """Return the address of this test process, without what an earlier run left."""
    with Redis.from_url(redis_url()) as client:
        for key in client.scan_iter("auth:*"):
            client.delete(key)
    return redis_url()


def _redis() -> SettingsPart:
    return {"redis_url": emptied_redis(), "redis_durability": "relaxed"}


@cache
def _cluster_prefix() -> str:
    """Return a beginning of keys that no other test process has, and no earlier run."""
    return f"http-{worker()}-{new_id().hex[-12:]}"


def _cluster() -> SettingsPart:
    return {
        "redis_url": cluster_url(),
        "redis_prefix": _cluster_prefix(),
        "redis_durability": "relaxed",
    }


@cache
def mongo_beside(suffix: str) -> str:
    """Return the address of a database beside the one of this test process.

    It is empty: what an earlier run left is dropped.
    """
    url = mongo_url(f"_{suffix}")
    with MongoClient[dict[str, object]](url) as client:
        client.drop_database(client.get_default_database())
    return url


def _mongo() -> SettingsPart:
    return {"database_url": mongo_beside("http")}


def _mysql() -> SettingsPart:
    return {"database_url": emptied_mysql("_http")}


STORAGES: Mapping[str, Callable[[Path], SettingsPart]] = {
    "sqlite": _sqlite,
    "postgres": lambda folder: _postgres(),
    "sqlite+redis": lambda folder: {**_sqlite(folder), **_redis()},
    "postgres+redis": lambda folder: {**_postgres(), **_redis()},
    "sqlite+cluster": lambda folder: {**_sqlite(folder), **_cluster()},
    "mysql": lambda folder: _mysql(),
    "mysql+redis": lambda folder: {**_mysql(), **_redis()},
    "mongo": lambda folder: _mongo(),
    "mongo+redis": lambda folder: {**_mongo(), **_redis()},
}

_BESIDE: Mapping[str, Callable[[str], str]] = {
    "postgres": postgres_beside,
    "mysql": lambda suffix: emptied_mysql(f"_{suffix}"),
    "mongo": mongo_beside,
}


def another_database(storage: str, suffix: str) -> SettingsPart:
    """Return a database of *storage* that only those share who name this *suffix*."""
    beside = _BESIDE.get(storage)
    return {"database_url": beside(suffix)} if beside and suffix else {}

"""Stores of the fault tests' own, with durability on."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tools.devservers.mongos import mongo
from tools.devservers.processes import Server
from tools.devservers.servers import mysql, postgres
from tools.devservers.valkeys import cluster, redis

STORES = ("sqlite", "postgres", "mysql", "mongo", "redis", "cluster")


@dataclass(frozen=True, slots=True)
class Stores:
    """The stores a service runs on, and those of them that can be stopped."""

    environment: dict[str, str]
    servers: dict[str, Server]


@pytest.fixture(params=STORES)
def stores(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stores]:
    environment = {"AUTH_DATABASE_URL": f"sqlite:///{tmp_path / 'auth.db'}"}
    servers: dict[str, Server] = {}
    folder = tmp_path / request.param
    folder.mkdir()
    if request.param == "postgres":
        servers["postgres"] = postgres(folder, durable=True)
        environment["AUTH_DATABASE_URL"] = servers["postgres"].url
    if request.param == "mysql":
        servers["mysql"] = mysql(folder, durable=True)
        environment["AUTH_DATABASE_URL"] = f"{servers['mysql'].url}auth"
    if request.param == "mongo":
        servers["mongo"] = mongo(folder, durable=True)
        environment["AUTH_DATABASE_URL"] = servers["mongo"].url
    if request.param == "redis":
        servers["redis"] = redis(folder, durable=True)
        environment["AUTH_REDIS_URL"] = servers["redis"].url
    if request.param == "cluster":
        servers["cluster"] = cluster(folder, durable=True)
        environment["AUTH_REDIS_URL"] = servers["cluster"].url
    yield Stores(environment, servers)
    for server in servers.values():
        server.stop()

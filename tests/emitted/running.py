"""Databases for copies, and copies as running servers."""

import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from zlib import crc32

import httpx2
import psycopg
from psycopg import sql
from pymongo import MongoClient

from tests.emitted.cells import Cell, environment_of, program
from tests.emitted.clean import clean_environment
from tests.emitted.items import Part
from tests.mysql_server import emptied_mysql
from tests.places import worker
from tests.servers import mongo_url, postgres_url, redis_url

STARTS_WITHIN = 240.0


@contextmanager
def stores(cell: Cell | Part, folder: Path) -> Iterator[Mapping[str, str]]:
    """Yield the addresses of empty stores for *cell*, in a clean environment."""
    redis = (
        {"AUTH_REDIS_URL": redis_url(), "AUTH_REDIS_DURABILITY": "relaxed"}
        if cell.cache == "redis"
        else {}
    )
    short = f"{crc32(cell.name.encode()):x}"
    with emptied(cell.database, short, folder) as address:
        yield {
            "AUTH_DATABASE_URL": address,
            **redis,
            **clean_environment(folder),
        }


def apart() -> Mapping[str, str]:
    """Return variables by which the tests of a copy use no database of this process."""
    number = int(worker().removeprefix("gw")) if worker() != "main" else 0
    return {"PYTEST_XDIST_WORKER": f"gw{32 + number}"}


@contextmanager
def emptied(database: str, name: str, folder: Path) -> Iterator[str]:
    """Yield the address of an empty *database*; files lie in *folder*."""
    match database:
        case "postgresql":
            with _postgres(f"cell_{name}") as address:
                yield address
        case "mysql":
            yield emptied_mysql(f"_{name}")
        case "mongodb":
            with _mongo(mongo_url(f"_{name}")) as address:
                yield address
        case _:
            (folder / "cell.db").unlink(missing_ok=True)
            yield f"sqlite:///{folder}/cell.db"


@contextmanager
def _postgres(name: str) -> Iterator[str]:
    parts = urlsplit(postgres_url())
    with psycopg.connect(urlunsplit(parts), autocommit=True) as connection:
        quoted = sql.Identifier(name)
        drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(quoted)
        connection.execute(drop)
        connection.execute(sql.SQL("CREATE DATABASE {}").format(quoted))
        yield urlunsplit(parts._replace(path=f"/{name}"))
        connection.execute(drop)


@contextmanager
def _mongo(address: str) -> Iterator[str]:
    name = urlsplit(address).path.strip("/")
    with MongoClient[dict[str, object]](address) as client:
        client.drop_database(name)
        yield address
        client.drop_database(name)


@contextmanager
def started(
    folder: Path, command: str, environment: Mapping[str, str]
) -> Iterator[str]:
    """Start *command* in *folder* and yield the address at which it is ready."""
    port = _free_port()
    address = f"http://127.0.0.1:{port}"
    log = folder / "server.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            program([*command.split(), "--port", str(port)]),
            cwd=folder,
            env={**environment_of(folder, environment), "AUTH_PUBLIC_URL": address},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait(process, address, log)
            yield address
        finally:
            process.terminate()
            process.wait(timeout=30)


def _wait(process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    deadline = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text()
        try:
            if httpx2.get(f"{address}/readyz", timeout=2).status_code == 200:
                return
        except httpx2.TransportError:
            time.sleep(0.1)
    raise AssertionError(log.read_text())


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port

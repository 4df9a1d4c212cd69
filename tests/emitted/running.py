"""Databases for copies, and copies as running servers."""

import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import httpx2
import psycopg
from psycopg import sql

from tests.emitted.cells import Cell, environment_of, program
from tests.emitted.clean import clean_environment
from tests.servers import postgres_url, redis_url


@contextmanager
def stores(cell: Cell, folder: Path) -> Iterator[Mapping[str, str]]:
    """Yield the addresses of empty stores for *cell*, in a clean environment."""
    clean = clean_environment(folder)
    redis = (
        {"AUTH_REDIS_URL": redis_url(), "AUTH_REDIS_DURABILITY": "relaxed"}
        if cell.cache == "redis"
        else {}
    )
    if cell.database == "sqlite":
        yield {"AUTH_DATABASE_URL": f"sqlite:///{folder}/cell.db", **redis, **clean}
        return
    parts = urlsplit(postgres_url())
    name = f"cell_{cell.name}"
    with psycopg.connect(urlunsplit(parts), autocommit=True) as connection:
        quoted = sql.Identifier(name)
        drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(quoted)
        connection.execute(drop)
        connection.execute(sql.SQL("CREATE DATABASE {}").format(quoted))
        address = urlunsplit(parts._replace(path=f"/{name}"))
        yield {"AUTH_DATABASE_URL": address, **redis, **clean}
        connection.execute(drop)


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
    deadline = time.monotonic() + 60
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

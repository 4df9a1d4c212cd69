"""Child processes that are certain to end: noted on disk, stopped by their id."""

import contextlib
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from tools.devservers.notes import birth, forget, note

READY_SECONDS = 60.0
STOP_SECONDS = 10.0
LOG_LINES = 20

cancelled = threading.Event()
_ports = count(os.getpid() * 31 % 10_000)
_next_port = threading.Lock()


class StartError(Exception):
    """A server ended or stayed silent; the message quotes the end of its log."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server, the process it is, and those without which it is none."""

    name: str
    version: str
    source: str
    url: str
    port: int
    process: subprocess.Popen[bytes]
    stop_signal: signal.Signals
    beside: "tuple[Server, ...]" = ()

    @property
    def pid(self) -> int:
        """Return the id of the server's first process, leader of its group."""
        return self.process.pid

    def stop(self) -> None:
        """Ask the server to end in its orderly way; kill it after ten seconds."""
        end(self.pid, birth(self.pid), self.stop_signal)
        self._reap()
        for other in self.beside:
            other.stop()

    def kill(self) -> None:
        """End the server and its children at once, as a power cut would."""
        kill_family(self.pid)
        self._reap()
        for other in self.beside:
            other.kill()

    def _reap(self) -> None:
        self.process.wait(STOP_SECONDS)
        forget(self.pid)


@dataclass(frozen=True, slots=True)
class Tool:
    """A program that tests start themselves; *url* is its path."""

    version: str
    source: str
    url: str

    def stop(self) -> None:
        """Do nothing: it does not run."""


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody listens on.

    It lies below the range from which the system takes the local ports of
    outgoing connections, so that none of those grabs it before the server does.
    """
    with _next_port:
        for step in _ports:
            port = 20_000 + step % 10_000
            with contextlib.suppress(OSError), socket.socket() as probe:
                probe.bind(("127.0.0.1", port))
                return port
    raise StartError


def spawn(
    command: Sequence[object],
    *,
    log: Path,
    ready: Callable[[], bool],
    stop_signal: signal.Signals = signal.SIGTERM,
    environment: Mapping[str, str] | None = None,
) -> subprocess.Popen[bytes]:
    """Start *command* in a group of its own and return when it is *ready*.

    A process that ends first, or stays unready for a minute, is a StartError.
    """
    process = _start(command, log, environment or {}, stop_signal)
    deadline = time.monotonic() + READY_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        if ready():
            return process
        if cancelled.wait(0.02):
            break
    _discard(process)
    raise StartError(_end_of(log))


def run(
    command: Sequence[object],
    *,
    log: Path,
    environment: Mapping[str, str] | None = None,
) -> None:
    """Run *command* to its end; a failure is a StartError with the end of *log*."""
    process = _start(command, log, environment or {}, signal.SIGTERM)
    while process.poll() is None and not cancelled.wait(0.02):
        pass
    failed = process.poll() != 0
    _discard(process)
    if failed:
        raise StartError(_end_of(log))


def accepts(port: int) -> bool:
    """Say whether somebody listens on *port* of 127.0.0.1."""
    with contextlib.suppress(OSError):
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
        return True
    return False


def end(pid: int, born: str | None, request: signal.Signals) -> None:
    """Send *request* to the process that was *born* then, and SIGKILL in the end.

    A process that has ended, or whose id belongs to another by now, is left alone.
    """
    if born is None or birth(pid) != born:
        return
    family = [pid, *descendants(pid)]
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, request)
    deadline = time.monotonic() + STOP_SECONDS
    while time.monotonic() < deadline:
        if birth(pid) != born:
            return
        time.sleep(0.02)
    for member in {*family, *descendants(pid)}:
        _kill(member)


def kill_family(pid: int) -> None:
    """Send SIGKILL to a process, its descendants and, if it leads one, its group."""
    for member in (pid, *descendants(pid)):
        _kill(member)


def descendants(pid: int) -> Iterator[int]:
    """Yield the ids of the children of *pid*, and of theirs, where /proc tells."""
    with contextlib.suppress(OSError):
        for children in Path(f"/proc/{pid}/task").glob("*/children"):
            for child in map(int, children.read_text().split()):
                yield child
                yield from descendants(child)


def _start(
    command: Sequence[object],
    log: Path,
    environment: Mapping[str, str],
    stop_signal: signal.Signals,
) -> subprocess.Popen[bytes]:
    if cancelled.is_set():
        raise StartError
    with log.open("ab") as output:
        # A group of its own: Ctrl-C reaches the tests first, servers later.
        process = subprocess.Popen(
            [str(word) for word in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env={**os.environ, **environment},
        )
    note(process.pid, stop_signal)
    return process


def _discard(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        kill_family(process.pid)
    process.wait()
    forget(process.pid)


def _kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        if os.getpgid(pid) == pid:
            os.killpg(pid, signal.SIGKILL)
        else:
            os.kill(pid, signal.SIGKILL)


def _end_of(log: Path) -> str:
    lines = log.read_text(errors="replace").splitlines()[-LOG_LINES:]
    return "\n".join(["It did not start; the end of its log:", *lines])

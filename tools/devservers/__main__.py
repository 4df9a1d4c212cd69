"""Start the servers that tests need, run a command, stop the servers.

    python -m tools.devservers -m pytest …      arguments of this Python
    python -m tools.devservers -- COMMAND …     any command
    python -m tools.devservers --keep           print addresses, stay until Ctrl-C

--servers NAME,… (or all) starts others than the required ones. An address in
TEST_…_URL, or a path in TEST_CHROMIUM, wins; TEST_SERVERS=pinned ignores the
system's own servers; ALLOW_MISSING=NAME,… goes on without a server that cannot be
had, and says so.
"""

import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import NoReturn

from tools.devservers import notes
from tools.devservers.lookup import MissingError
from tools.devservers.processes import (
    STOP_SECONDS,
    Server,
    StartError,
    Tool,
    cancelled,
    descendants,
    end,
    kill_family,
)
from tools.devservers.servers import REQUIRED, SERVERS

USAGE = 2
OPEN_FILES = 65_536
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StoppedError(Exception):
    """A signal asked the launcher to end."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def main(arguments: Sequence[str]) -> int:
    """Return the exit code: the command's, or 2 when something could not start."""
    names, keep, command = _parse(arguments)
    for number in SIGNALS:
        # Under nohup a hang-up stays ignored.
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _stop)
    _allow_open_files()
    folder, servers = None, list[Server | Tool]()
    try:
        _clear_leftovers()
        folder = notes.open_folder()
        os.environ[notes.VARIABLE] = str(folder)
        environment, problems = _start(folder, names, servers)
        if problems:
            return _refuse(problems)
        code = _keep(environment) if keep else _follow(command, environment)
        if missing := environment.get("TEST_MISSING"):
            _say(f"NOT RUN against: {missing.replace(',', ', ')}")
    except StoppedError as stopped:
        return 128 + stopped.number
    else:
        return code
    finally:
        _ignore_signals()
        if folder is not None:
            _stop_all(folder, servers)


def _parse(arguments: Sequence[str]) -> tuple[Sequence[str], bool, list[str]]:
    names: Sequence[str] = REQUIRED
    keep, rest = False, list(arguments)
    while rest and rest[0] in {"--keep", "--servers"}:
        if rest.pop(0) == "--keep":
            keep = True
        elif rest:
            given = rest.pop(0)
            names = list(SERVERS) if given == "all" else given.split(",")
    if unknown := [name for name in names if name not in SERVERS]:
        _say(f"There is no server {unknown[0]!r}; there are {', '.join(SERVERS)}.")
        raise SystemExit(USAGE)
    if keep == bool(rest) or rest == ["--"]:
        _say(__doc__ or "")
        raise SystemExit(USAGE)
    command = rest[1:] if rest[:1] == ["--"] else [sys.executable, *rest]
    return names, keep, command


def _start(
    folder: Path, names: Iterable[str], servers: list[Server | Tool]
) -> tuple[dict[str, str], dict[str, str]]:
    environment, problems, missing = {notes.VARIABLE: str(folder)}, {}, []
    allowed = os.environ.get("ALLOW_MISSING", "").split(",")
    with ThreadPoolExecutor() as pool:
        try:
            running = {}
            for name in names:
                variable = SERVERS[name].variable
                if os.environ.get(variable):
                    _say(f"{name:<9} address from {variable}")
                else:
                    running[name] = pool.submit(_start_one, folder, name, servers)
            for name, answer in running.items():
                try:
                    environment[SERVERS[name].variable] = answer.result()
                except (MissingError, StartError) as error:
                    if name in allowed:
                        missing.append(name)
                        _say(f"{name:<9} missing: {error}")
                    else:
                        problems[name] = str(error)
        except BaseException:
            cancelled.set()
            raise
    if missing:
        environment["TEST_MISSING"] = ",".join(missing)
    return environment, problems


def _start_one(folder: Path, name: str, servers: list[Server | Tool]) -> str:
    began = time.monotonic()
    private = folder / name
    private.mkdir()
    server = SERVERS[name].start(private)
    servers.append(server)
    seconds = time.monotonic() - began
    _say(f"{name:<9} {server.version:<8} {server.source}  {seconds:.1f} s")
    return server.url


def _follow(command: Sequence[str], environment: dict[str, str]) -> int:
    try:
        child = subprocess.Popen(command, env={**os.environ, **environment})
    except OSError as error:
        _say(f"{command[0]}: {error.strerror}")
        return 127
    notes.note(child.pid, signal.SIGTERM)
    try:
        code = child.wait()
    except StoppedError as stopped:
        _ignore_signals()
        family = [(pid, notes.birth(pid)) for pid in descendants(child.pid)]
        # The terminal's Ctrl-C has reached the command too; a second one would
        # break what it does to end.
        if stopped.number != signal.SIGINT:
            child.terminate()
        for patience in (STOP_SECONDS, 2.0):
            with suppress(subprocess.TimeoutExpired):
                child.wait(patience)
                break
            child.send_signal(signal.SIGINT)
        else:
            kill_family(child.pid)
            child.wait()
        for pid, born in family:
            end(pid, born, signal.SIGTERM)
        raise
    finally:
        notes.forget(child.pid)
    return code if code >= 0 else 128 - code


def _keep(environment: dict[str, str]) -> int:
    for name, value in environment.items():
        sys.stdout.write(f"export {name}='{value}'\n")
    sys.stdout.flush()
    _say("Ctrl-C stops the servers.")
    with suppress(StoppedError):
        signal.pause()
    return 0


def _refuse(problems: dict[str, str]) -> int:
    for name, problem in problems.items():
        _say(f"{name} cannot be had. {problem}")
    names = ",".join(problems)
    _say(f"ALLOW_MISSING={names} runs without, and says so at the end.")
    return USAGE


def _stop_all(folder: Path, servers: Iterable[Server | Tool] = ()) -> None:
    with ThreadPoolExecutor() as pool:
        for server in servers:
            pool.submit(server.stop)
    with ThreadPoolExecutor() as pool:
        for pid, born, request in notes.noted(folder):
            pool.submit(end, pid, born, request)
    notes.remove(folder)


def _clear_leftovers() -> None:
    for folder in notes.left_behind():
        _say(f"stopping what an earlier run left in {folder}")
        _stop_all(folder)


def _allow_open_files() -> None:
    """Raise the soft limit: tests keep dozens of services with their pools open."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, OPEN_FILES)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def _ignore_signals() -> None:
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)


def _stop(number: int, _frame: FrameType | None) -> NoReturn:
    raise StoppedError(number)


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

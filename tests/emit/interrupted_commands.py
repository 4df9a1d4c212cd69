"""Carry out a planned command in a process that is killed, or has no room, half-way."""

import contextlib
import os
import resource
import signal
import sys
from collections.abc import Callable
from pathlib import Path

NOBODY = 65_534


def killed(work: Callable[[], None], at: int) -> bool:
    """Do *work* in a process that is killed at its operation *at* on files.

    Return False if it was done before it came so far.
    """

    def prepare() -> None:
        seen = 0

        def watch(event: str, arguments: tuple[object, ...]) -> None:
            nonlocal seen
            is_file = event == "open" and isinstance(arguments[0], str | Path)
            seen += is_file or event.startswith(("os.rename", "os.mkdir", "os.remove"))
            if seen == at:
                seen += 1  # to kill is an event, too
                os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(watch)

    return _in_a_child(work, prepare) < 0


def without_room(work: Callable[[], None], most: int) -> bool:
    """Do *work* where a file may hold *most* bytes at most; say whether it failed."""

    def prepare() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

    return _in_a_child(work, prepare) != 0


def without_rights(work: Callable[[], None], root: Path) -> bool:
    """Do *work* where nothing in *root* may be written; say whether it failed."""

    def prepare() -> None:
        if os.geteuid() == 0:
            os.setgid(NOBODY)
            os.setuid(NOBODY)

    folders = [root, *(one for one in root.rglob("*") if one.is_dir())]
    for folder in folders:
        folder.chmod(0o555)
    try:
        return _in_a_child(work, prepare) != 0
    finally:
        for folder in folders:
            folder.chmod(0o755)


def _in_a_child(work: Callable[[], None], prepare: Callable[[], None]) -> int:
    child = os.fork()
    if child == 0:
        with contextlib.suppress(BaseException):
            prepare()
            work()
            os._exit(0)
        os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

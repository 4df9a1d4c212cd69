"""Run `apply` in a process that dies, or fails, at a chosen step.

The interpreter announces every operation on files before it happens; the chosen one
of them ends the process as a lost power supply would, or fails as a full disk does.
"""

import contextlib
import errno
import os
import signal
import sys
from collections.abc import Callable
from functools import partial
from itertools import count
from pathlib import Path

from keywright.emit.apply import Change, apply, recover
from keywright.emit.lock import digest

WATCHED = {
    "open",
    "os.chmod",
    "os.mkdir",
    "os.remove",
    "os.rename",
    "os.rmdir",
    "os.utime",
    "shutil.rmtree",
}
BEFORE = {
    "kept.py": b"kept",
    "old.py": b"old",
    "mine.py": b"mine",
    "folder/old.py": b"old too",
}
AFTER = {
    "kept.py": b"kept",
    "old.py": b"new",
    "mine.py": b"new, too",
    "mine.py.orig": b"mine",
    "folder/old.py": b"newer",
    "folder/new/a.py": b"a",
    "folder/new/b.py": b"b",
    ".env": b"SECRET=x",
}
CHANGES = [
    Change("folder/new/a.py", b"a", None),
    Change("old.py", b"new", digest(b"old")),
    Change("mine.py", b"new, too", digest(b"mine"), keep=True),
    Change("folder/old.py", b"newer", digest(b"old too")),
    Change("folder/new/b.py", b"b", None),
    Change(".env", b"SECRET=x", None, private=True),
]


def project(root: Path) -> None:
    """Make the project in *root* that `CHANGES` change."""
    for path, content in BEFORE.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)


def in_a_child(work: Callable[[], None], at: int, *, kill: bool) -> str:
    """Do *work* in a process whose operation number *at* is interrupted.

    Return "failed", "done", or "untouched" if it was done before it came so far.
    """
    child = os.fork()
    if child == 0:
        seen = 0

        def watch(event: str, arguments: tuple[object, ...]) -> None:
            nonlocal seen
            is_file = event != "open" or isinstance(arguments[0], str | Path)
            seen += event in WATCHED and is_file
            if seen != at:
                return
            seen += 1  # to kill is an event, too
            if kill:
                os.kill(os.getpid(), signal.SIGKILL)
            raise OSError(errno.ENOSPC, "No space left on device")

        sys.addaudithook(watch)
        with contextlib.suppress(BaseException):
            work()
            os._exit(0 if seen < at else 2)
        os._exit(1)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return {0: "untouched", 2: "done"}.get(status, "failed")


def main(folder: Path, how: str) -> None:
    """Interrupt one project after the other in *folder*, each one step later."""
    for step in count(1):
        root = folder / str(step)
        project(root)
        kill = how != "full"
        outcome = in_a_child(partial(apply, root, CHANGES), step, kill=kill)
        root.rename(folder / f"{step}-{outcome}")
        if outcome == "untouched":
            return
        if how == "kill twice":
            root = folder / f"{step}-{outcome}"
            times = (
                in_a_child(partial(recover, root), at, kill=True) for at in count(1)
            )
            next(time for time in times if time == "untouched")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])

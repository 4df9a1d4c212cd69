"""The private folder of a run, and the processes noted in it.

A folder is locked as long as its launcher lives, and the lock ends with the
process, however it ends. A folder that can be locked was left behind: the
processes noted in it are stopped, by id and time of birth, and it is removed.
"""

import contextlib
import fcntl
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from signal import Signals
from stat import S_ISDIR

PREFIX = "keywright-devservers-"
VARIABLE = "TEST_SERVERS_FOLDER"


def open_folder() -> Path:
    """Make and lock the folder of this run; the lock is held until the process ends."""
    folder = Path(tempfile.mkdtemp(prefix=f".{PREFIX}"))
    # The descriptor stays open on purpose: closing it would give up the lock.
    _lock(folder)
    final = folder.with_name(folder.name.removeprefix("."))
    folder.rename(final)
    (final / "pids").mkdir()
    return final


def left_behind() -> Iterator[Path]:
    """Yield the locked folders of this user's runs whose launcher has ended."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):
            status = folder.lstat()
            if status.st_uid != os.geteuid() or not S_ISDIR(status.st_mode):
                continue
            descriptor = _lock(folder)
            try:
                yield folder
            finally:
                os.close(descriptor)


def remove(folder: Path) -> None:
    """Delete *folder*; a process that is about to end may still write for a moment."""
    for _ in range(3):
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return


def note(pid: int, request: Signals) -> None:
    """Write down *pid*, its birth, and the signal by which it ends in good order.

    Where no run has a folder nothing is written.
    """
    born, place = birth(pid), _place(pid)
    if born is not None and place is not None:
        with contextlib.suppress(FileNotFoundError):
            place.write_text(f"{request:d} {born}")


def forget(pid: int) -> None:
    """Take *pid* out of the run's folder, because it has ended."""
    if place := _place(pid):
        place.unlink(missing_ok=True)


def noted(folder: Path) -> Iterator[tuple[int, str, Signals]]:
    """Yield each id in *folder* with its birth and its signal."""
    for entry in sorted((folder / "pids").glob("[0-9]*")):
        with contextlib.suppress(FileNotFoundError):
            request, _, born = entry.read_text().partition(" ")
            yield int(entry.name), born, Signals(int(request))


def birth(pid: int) -> str | None:
    """Return what tells a process from a later one with its id; None if it has ended.

    A process that has ended but that its parent has not asked about has ended.
    """
    if Path("/proc/self/stat").exists():
        try:
            status = Path(f"/proc/{pid}/stat").read_text(errors="replace")
        except OSError:
            return None
        # The name in parentheses may contain anything; state and start follow.
        state, *fields = status.rpartition(")")[2].split()
        return None if state in "ZX" else fields[18]
    answer = subprocess.run(
        ["ps", "-o", "state=,lstart=", "-p", str(pid)],
        capture_output=True,
        text=True,
        check=False,
    ).stdout.strip()
    return None if not answer or answer.startswith("Z") else answer.partition(" ")[2]


def _place(pid: int) -> Path | None:
    folder = os.environ.get(VARIABLE)
    return Path(folder) / "pids" / str(pid) if folder else None


def _lock(folder: Path) -> int:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor

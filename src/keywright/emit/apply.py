"""Write changes into a project: all of them, or none.

Everything is written and synced beside the project's files first. Then a journal
appears in one step and says: from here on, forward. Each file comes into place by a
rename, so whoever dies half-way leaves a journal that the next command finishes. An
error half-way, on the other hand, is undone at once; the journal's other name says
so. Without a journal nothing was touched, and what was prepared is thrown away.
"""

import contextlib
import fcntl
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from keywright.emit.lock import digest
from keywright.emit.paths import inside
from keywright.emit.refusals import ApplyFailed

WORK_NAME: Final = ".keywright-apply"
_FORWARD: Final = "forward.json"
_BACK: Final = "back.json"


@dataclass(frozen=True, slots=True)
class Change:
    """One file to write, or to remove: then *content* is None.

    *before* is the digest of what stands there now, None for nothing; *keep* asks
    for a copy of that beside it; *private* files are readable by their owner alone.
    """

    path: str
    content: bytes | None
    before: str | None
    keep: bool = False
    private: bool = False


@dataclass(frozen=True, slots=True)
class _Entry:
    path: str
    before: str | None
    after: str | None
    copy: str | None
    folders: tuple[str, ...]


def apply(root: Path, changes: Sequence[Change]) -> None:
    """Write *changes* into *root*, all or none.

    Raise `PathRefused` or `ApplyFailed`; the project is then as it was before.
    """
    with _alone(root) as base:
        _recover(base)
        work = base / WORK_NAME
        try:
            work.mkdir(mode=0o700)
            entries = _stage(base, work, changes)
        except BaseException:
            shutil.rmtree(work, ignore_errors=True)
            raise
        _commit(base, work, entries)


def recover(root: Path) -> None:
    """Finish, or undo, what a killed `apply` left in *root*."""
    if os.path.lexists(root / WORK_NAME):
        with _alone(root) as base:
            _recover(base)


def require_recovered(root: Path) -> None:
    """Raise `ApplyFailed` if a killed `apply` left something in *root*."""
    if os.path.lexists(root / WORK_NAME):
        raise ApplyFailed(
            "A command was killed while it wrote. Run it again without --dry-run."
        )


@contextlib.contextmanager
def _alone(root: Path) -> Iterator[Path]:
    """Hold the project against other commands; the kernel lets go of it at death."""
    try:
        folder = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise ApplyFailed(f"{root} is no folder that can be opened.") from error
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield root.resolve()
    except BlockingIOError as error:
        raise ApplyFailed("Another command is writing into this project.") from error
    except OSError as error:
        raise ApplyFailed(f"Nothing was written: {error}.") from error
    finally:
        os.close(folder)


def _recover(base: Path) -> None:
    work = base / WORK_NAME
    if work.is_symlink() or (work.exists() and not work.is_dir()):
        raise ApplyFailed(f"{WORK_NAME} is no folder; remove it and run again.")
    if (work / _BACK).exists():
        _back(base, work, _journal(work / _BACK))
    elif (work / _FORWARD).exists():
        _commit(base, work, _journal(work / _FORWARD))
    elif work.exists():
        shutil.rmtree(work)


def _commit(base: Path, work: Path, entries: Sequence[_Entry]) -> None:
    try:
        _forward(base, work, entries)
    except BaseException:
        (work / _FORWARD).rename(work / _BACK)
        _back(base, work, entries)
        raise


def _stage(base: Path, work: Path, changes: Sequence[Change]) -> Sequence[_Entry]:
    entries: list[_Entry] = []
    targets: set[Path] = set()
    for number, change in enumerate(changes):
        target = inside(base, change.path)
        if target in targets:
            raise ApplyFailed(f"{change.path} would be written twice.")
        targets.add(target)
        before, mode = None, None
        if target.exists():
            content = target.read_bytes()
            before, mode = digest(content), target.stat().st_mode & 0o777
            _write(work / f"old-{number}", content, mode)
            shutil.copystat(target, work / f"old-{number}")
        if before != change.before:
            raise ApplyFailed(
                f"{change.path} changed meanwhile. Run the command again."
            )
        mode = 0o600 if change.private else mode
        after = None
        if change.content is not None:
            _write(work / f"new-{number}", change.content, mode)
            after = digest(change.content)
        copy = _free_name(base, change.path) if change.keep else None
        folders = tuple(_missing_folders(base, target))
        entries.append(_Entry(change.path, before, after, copy, folders))
    text = json.dumps([asdict(entry) for entry in entries])
    _write(work / "draft", text.encode(), 0o600)
    _sync_folder(work)
    (work / "draft").rename(work / _FORWARD)
    _sync_folder(work)
    _sync_folder(base)
    return entries


def _forward(base: Path, work: Path, entries: Sequence[_Entry]) -> None:
    for number, entry in enumerate(entries):
        new, target = work / f"new-{number}", inside(base, entry.path)
        if entry.after is None and _is(target, entry.before):
            target.unlink()
        if not new.exists():
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.exists() and (entry.copy or not _is(target, entry.before)):
            _set_aside(base, target, entry)
        new.rename(target)
    for folder in {inside(base, entry.path).parent for entry in entries}:
        _sync_folder(folder)
    _finish(work, _FORWARD)


def _back(base: Path, work: Path, entries: Sequence[_Entry]) -> None:
    for number, entry in reversed(list(enumerate(entries))):
        target, old = inside(base, entry.path), work / f"old-{number}"
        if old.exists():
            if target.exists() and not _is(target, entry.before, entry.after):
                _set_aside(base, target, entry)
            old.rename(target)
        elif entry.before is None and _is(target, entry.after):
            target.unlink()
        if entry.copy and _is(inside(base, entry.copy), entry.before):
            inside(base, entry.copy).unlink()
        for folder in entry.folders:
            with contextlib.suppress(OSError):
                (base / folder).rmdir()
    _finish(work, _BACK)


def _set_aside(base: Path, target: Path, entry: _Entry) -> None:
    """Keep *target*: that was asked for, or somebody changed it since."""
    wanted = entry.copy if _is(target, entry.before) else None
    if wanted is None or inside(base, wanted).exists():
        wanted = _free_name(base, entry.path)
    target.rename(inside(base, wanted))


def _finish(work: Path, journal: str) -> None:
    """Remove the journal, which ends the matter, then what is left beside it."""
    (work / journal).unlink()
    with contextlib.suppress(OSError):
        _sync_folder(work)
        shutil.rmtree(work)


def _journal(path: Path) -> Sequence[_Entry]:
    rows = json.loads(path.read_text(encoding="utf-8"))
    return [_Entry(**{**row, "folders": tuple(row["folders"])}) for row in rows]


def _is(path: Path, *expected: str | None) -> bool:
    return path.is_file() and digest(path.read_bytes()) in expected


def _free_name(base: Path, path: str) -> str:
    names = (f"{path}.orig{number or ''}" for number in range(1000))
    return next(name for name in names if not inside(base, name).exists())


def _missing_folders(base: Path, target: Path) -> Iterator[str]:
    """Yield the folders that *target* needs and that are not there, deepest first."""
    for parent in target.parents:
        if parent.exists():
            return
        yield parent.relative_to(base).as_posix()


def _write(path: Path, content: bytes, mode: int | None) -> None:
    """Write and sync a new file; without *mode* it gets the usual rights."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    descriptor = os.open(path, flags, 0o666 if mode is None else 0o600)
    with open(descriptor, "wb") as file:  # noqa: PTH123 - from a descriptor
        if mode is not None:
            os.fchmod(descriptor, mode)
        file.write(content)
        file.flush()
        os.fsync(descriptor)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

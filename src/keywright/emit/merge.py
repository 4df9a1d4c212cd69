"""What becomes of each copied file when what it was made from has changed.

Three texts decide: *old* is what was written, *new* what would be written today, and
*own* what is there. Nothing that a person wrote is ever dropped: it stays, or stands
between marks beside what it conflicts with.
"""

import difflib
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Final

from keywright.emit.refusals import PlanRefused

ALIKE: Final = 0.6
_MOST_CONFLICTS: Final = 127


class Outcome(Enum):
    """What happens to one file."""

    SAME = "same"
    NEW = "new"
    UPDATED = "updated"
    MERGED = "merged"
    CONFLICT = "CONFLICT"
    KEPT = "yours"
    REMOVED = "removed"
    LEFT = "yours now"
    GONE = "deleted by you"
    MOVED = "moved by you"


@dataclass(frozen=True, slots=True)
class Texts:
    """One file three times; None where there is none."""

    old: str | None
    new: str | None
    own: str | None


@dataclass(frozen=True, slots=True)
class Merged:
    """The *text* that a file gets, None for no file, and why."""

    text: str | None
    outcome: Outcome


def merged(texts: Texts, *, label: str) -> Merged:
    """Return what becomes of a file; *label* names the new version in marks."""
    old, new, own = texts.old, texts.new, texts.own
    if own == new:
        return Merged(own, Outcome.SAME)
    if new is None:
        is_ours = own == old
        return Merged(None, Outcome.REMOVED) if is_ours else Merged(own, Outcome.LEFT)
    if own is None:
        known = old is not None
        return Merged(None, Outcome.GONE) if known else Merged(new, Outcome.NEW)
    if own == old:
        return Merged(new, Outcome.UPDATED)
    if new == old:
        return Merged(own, Outcome.KEPT)
    text, conflicts = three_way(own, old or "", new, label=label)
    return Merged(text, Outcome.CONFLICT if conflicts else Outcome.MERGED)


def three_way(own: str, old: str, new: str, *, label: str) -> tuple[str, int]:
    """Return *own* with what changed from *old* to *new*, and how many conflicts.

    Raise `PlanRefused` if git, which merges, is missing or cannot.
    """
    with tempfile.TemporaryDirectory(prefix="merged-") as folder:
        paths = [Path(folder) / name for name in ("own", "old", "new")]
        for path, text in zip(paths, (own, old, new), strict=True):
            path.write_bytes(text.encode())
        labels = ["-L", "yours", "-L", "as it was written", "-L", label]
        command = ["git", "merge-file", "-p", "--diff3", *labels, *map(str, paths)]
        try:
            done = subprocess.run(  # noqa: S603 - a fixed program on files made here
                command, capture_output=True, check=False
            )
        except OSError as error:
            raise PlanRefused(f"git is needed to merge: {error}.") from error
    if not 0 <= done.returncode <= _MOST_CONFLICTS:
        said = done.stderr.decode(errors="replace").strip()
        raise PlanRefused(f"git could not merge: {said}")
    return done.stdout.decode(), done.returncode


def renamed(old: Mapping[str, str], new: Mapping[str, str]) -> Mapping[str, str]:
    """Return which paths of *old* are other paths in *new*: the most alike pairs.

    Files without text have no likeness.
    """
    gone = sorted(path for path in old.keys() - new.keys() if old[path])
    come = sorted(path for path in new.keys() - old.keys() if new[path])
    pairs = sorted(
        (
            (likeness(old[before], new[after]), before, after)
            for before in gone
            for after in come
        ),
        reverse=True,
    )
    found: dict[str, str] = {}
    for alike, before, after in pairs:
        if alike >= ALIKE and before not in found and after not in found.values():
            found[before] = after
    return found


def likeness(one: str, other: str) -> float:
    """Return how alike two texts are, from 0 to 1, by their lines."""
    lines: Sequence[str] = one.splitlines()
    return difflib.SequenceMatcher(
        None, lines, other.splitlines(), autojunk=False
    ).ratio()

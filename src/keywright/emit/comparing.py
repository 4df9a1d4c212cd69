"""Compare the copies in a project with what this version would write there."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from keywright.emit.differences import unified
from keywright.emit.lock import digest
from keywright.emit.project import Project, read_project
from keywright.emit.upgrading import copied_texts, known_items, today


@dataclass(frozen=True, slots=True)
class Difference:
    """One file that is not as this version writes it; *text* is the unified diff."""

    path: str
    state: str
    text: str = ""


def compared(root: Path) -> Iterator[Difference]:
    """Yield how the copies in *root* differ; raise `EmitError` if there are none."""
    project = read_project(root, {})
    seen: set[str] = set()
    for name, entry in known_items(project).items():
        new = copied_texts(today(name, project))
        for path in sorted(new.keys() | entry.files.keys()):
            if path not in seen:
                seen.add(path)
                is_known = path in entry.files
                yield from _difference(project, path, new.get(path), is_known=is_known)


def _difference(
    project: Project, path: str, new: str | None, *, is_known: bool
) -> Iterator[Difference]:
    content = project.content(path)
    if content is None:
        if new:
            yield Difference(path, "deleted by you" if is_known else "new")
        return
    own = content.decode("utf-8", "replace")
    if new is None:
        yield Difference(path, "no longer part")
    elif own != new and (new or not path.endswith("__init__.py")):
        recorded = project.lock.digest_of(path)
        state = "stale" if digest(content) == recorded else "changed by you"
        yield Difference(path, state, unified(path, own, new))

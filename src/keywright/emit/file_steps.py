"""What an upgrade makes of each file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from keywright.emit.lock import digest
from keywright.emit.merge import Merged, Outcome, Texts, merged, renamed
from keywright.emit.moves import following, moved
from keywright.emit.project import Project


@dataclass(frozen=True, slots=True)
class FileStep:
    """One file: what becomes of it, and of which *origin*, if it was renamed."""

    path: str
    result: Merged
    before: str | None
    origin: str | None = None

    @property
    def content(self) -> bytes | None:
        """Return what the file will hold; None for no file."""
        text = self.result.text
        return None if text is None else text.encode("utf-8", "surrogateescape")

    @property
    def is_change(self) -> bool:
        """Say whether the file will hold something else than now."""
        after = None if self.content is None else digest(self.content)
        return after != self.before

    @property
    def says_something(self) -> bool:
        """Say whether a person should read about it."""
        quiet = {Outcome.SAME, Outcome.KEPT}
        is_package_file = self.path.endswith("__init__.py")
        return self.result.outcome not in quiet and not is_package_file


def file_steps(
    project: Project, old: Mapping[str, str], new: Mapping[str, str], *, label: str
) -> Sequence[FileStep]:
    """Return what becomes of every file of *old* and of *new*.

    *old* are the copies as they were written, *new* as they would be now, by path;
    *label* names the new version in marks.
    """
    absent = {path: text for path, text in old.items() if not project.content(path)}
    moves = moved(project, absent, frozenset(old.keys() | new.keys()))
    old, new = (following(texts, moves, code=project.code) for texts in (old, new))
    upstream = renamed(
        {path: text for path, text in old.items() if path not in moves}, new
    )
    origins = {after: before for before, after in upstream.items()}
    steps: list[FileStep] = []
    for path in sorted(old.keys() | new.keys()):
        content = project.content(path)
        before = None if content is None else digest(content)
        if path in moves:
            steps += _moved(project, moves[path], path, (old, new), label)
            continue
        if path in upstream:
            outcome = Outcome.SAME if before is None else Outcome.REMOVED
            steps.append(FileStep(path, Merged(None, outcome), before))
            continue
        origin = origins.get(path) if content is None else None
        own = _text(project, origin or path)
        texts = Texts(old.get(origin or path), new.get(path), own)
        result = _package_file(path, texts) or merged(texts, label=label)
        steps.append(FileStep(path, result, before, origin))
    return steps


def _moved(
    project: Project,
    place: str,
    path: str,
    versions: tuple[Mapping[str, str], Mapping[str, str]],
    label: str,
) -> Sequence[FileStep]:
    """Return what becomes of *path*, which its owner keeps at *place*."""
    old, new = versions
    own = _text(project, place)
    before = digest(project.content(place) or b"")
    text = new.get(path)
    result = (
        Merged(own, Outcome.LEFT)
        if text is None
        else merged(Texts(old.get(path), text, own), label=label)
    )
    gone = FileStep(path, Merged(None, Outcome.MOVED), None)
    return [gone, FileStep(place, result, before)]


def _package_file(path: str, texts: Texts) -> Merged | None:
    """Return what becomes of a package file that would be empty: it stays as it is."""
    if not path.endswith("__init__.py") or texts.new or texts.old:
        return None
    if texts.own is None:
        return Merged(texts.new, Outcome.NEW if texts.new is not None else Outcome.SAME)
    return Merged(texts.own, Outcome.SAME)


def _text(project: Project, path: str) -> str | None:
    content = project.content(path)
    return None if content is None else content.decode("utf-8", "surrogateescape")

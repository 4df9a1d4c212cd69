"""Find copies that their owner keeps under another name."""

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from keywright.emit.lock import digest
from keywright.emit.merge import ALIKE, likeness
from keywright.emit.project import Project
from keywright.emit.rewrite import with_imports


def moved(
    project: Project, absent: Mapping[str, str], known: frozenset[str]
) -> Mapping[str, str]:
    """Return where the files *absent* from their paths are now.

    *absent* are the texts of copies by path, *known* the paths of all copies. A file
    that holds the very text is meant, whatever its name, else the one most like it.
    """
    if not any(absent.values()):
        return {}
    others = {
        path: content
        for path in project.python_files()
        if path not in known and (content := project.content(path))
    }
    found = dict(_same(absent, others))
    texts = {
        path: content.decode("utf-8", "replace")
        for path, content in others.items()
        if path not in found.values()
    }
    left = {path: text for path, text in absent.items() if path not in found}
    return {**found, **dict(_alike(left, texts))}


def _same(
    absent: Mapping[str, str], others: Mapping[str, bytes]
) -> Iterator[tuple[str, str]]:
    places = {digest(content): path for path, content in others.items()}
    for path, text in absent.items():
        place = places.pop(digest(text.encode()), None) if text else None
        if place is not None:
            yield path, place


def _alike(
    absent: Mapping[str, str], others: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    lines = {path: frozenset(text.splitlines()) for path, text in others.items()}
    pairs = sorted(
        (
            (likeness(text, others[other]), path, other)
            for path, text in absent.items()
            for other in others
            if text and _may_be_alike(frozenset(text.splitlines()), lines[other])
        ),
        reverse=True,
    )
    found: dict[str, str] = {}
    for alike, path, other in pairs:
        if alike >= ALIKE and path not in found and other not in found.values():
            found[path] = other
    yield from found.items()


def _may_be_alike(one: frozenset[str], other: frozenset[str]) -> bool:
    """Say whether a look at the order of the lines is worth its time."""
    return 3 * len(one & other) >= max(len(one), len(other))


def following(
    texts: Mapping[str, str], moves: Mapping[str, str], *, code: str
) -> Mapping[str, str]:
    """Return *texts* with imports of files in *moves* led to where those are now.

    *code* is the folder of the project's packages.
    """
    names = {module_of(old, code): module_of(new, code) for old, new in moves.items()}
    if not names:
        return texts
    return {path: with_imports(text, names.get) for path, text in texts.items()}


def module_of(path: str, code: str) -> str:
    """Return the module that the file *path* is; *code* is the packages' folder."""
    pure = PurePosixPath(path)
    inside = pure.relative_to(code) if code and pure.is_relative_to(code) else pure
    return ".".join(inside.with_suffix("").parts)

"""Small packages on disk to copy from, and projects to copy into."""

from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

from keywright.emit.graph import Import, Module
from keywright.emit.project import Project, read_project
from keywright.emit.source import Source


def write(folder: Path, files: Mapping[str, str]) -> Path:
    """Write *files* by path into *folder*, with package files above each module."""
    folder.mkdir(parents=True, exist_ok=True)
    for path, text in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(dedent(text), encoding="utf-8")
    return folder


def source(folder: Path, files: Mapping[str, str]) -> Source:
    """Return the package `acme`, whose *files* lie under `acme/` and `tests/`."""
    write(folder, {"acme/__init__.py": "", "tests/__init__.py": "", **files})
    return Source("acme", folder / "acme", folder / "tests")


def project(
    folder: Path, files: Mapping[str, str] | None = None, **choices: str
) -> Project:
    """Return the project in *folder* after *files* were written there."""
    write(folder, files or {})
    return read_project(folder, {"package": "shop", **choices})


def module(name: str, *imports: str) -> Module:
    """Return a module that imports *imports*, one name from each."""
    return Module(name, name, "", tuple(Import(one, ("x",), 1) for one in imports))


def tree(folder: Path) -> dict[str, bytes]:
    """Return every file in *folder* by path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }

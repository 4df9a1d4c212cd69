"""The project's Python files, parsed once."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).parents[2]
PACKAGE = "keywright"


@dataclass(frozen=True, slots=True)
class Source:
    """A file, by its path from the project's folder."""

    path: PurePosixPath
    text: str
    tree: ast.Module

    @property
    def inside(self) -> tuple[str, ...]:
        """Return the parts of the path below the package; empty for other files."""
        parts = self.path.parts
        return parts[2:] if parts[:2] == ("src", PACKAGE) else ()

    @property
    def is_init(self) -> bool:
        """Say whether the file makes its folder a package."""
        return self.path.name == "__init__.py"


def source(path: str, text: str) -> Source:
    """Return the file *path* as if it contained *text*."""
    return Source(PurePosixPath(path), text, ast.parse(text))


@cache
def sources() -> tuple[Source, ...]:
    """Return all Python files of src, tests, tools and bench."""
    return tuple(_read())


def _read() -> Iterator[Source]:
    for top in ("src", "tests", "tools", "bench"):
        for file in sorted((ROOT / top).rglob("*.py")):
            yield source(file.relative_to(ROOT).as_posix(), file.read_text("utf-8"))

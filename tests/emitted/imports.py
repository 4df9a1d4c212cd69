"""What a project imports, and what its requirements bring, as installed."""

import ast
import re
import sys
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, packages_distributions, requires
from pathlib import Path

from keywright.emit.requirements import canonical


def imported(folder: Path, own: Iterable[str]) -> set[str]:
    """Return the distributions that the modules in *folder* import; *own* are none."""
    ours = set(own) | sys.stdlib_module_names
    tops = {
        name.partition(".")[0]
        for path in folder.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        for name in _names(node)
    }
    known = packages_distributions()
    return {canonical(known[top][0]) for top in tops - ours}


def with_what_comes_along(requirements: Iterable[str]) -> set[str]:
    """Return *requirements* by name, with what they ask for unconditionally."""
    found: set[str] = set()
    waiting = list(requirements)
    while waiting:
        requirement = waiting.pop()
        if canonical(requirement) not in found:
            found.add(canonical(requirement))
            waiting += _direct(requirement)
    return found


def _direct(requirement: str) -> list[str]:
    try:
        lines = requires(canonical(requirement)) or []
    except PackageNotFoundError:
        return []
    extras = re.findall(r"[\w-]+", requirement.partition("[")[2].partition("]")[0])
    return [
        line.partition(";")[0]
        for line in lines
        if "extra ==" not in line
        or any(f"'{one}'" in line.replace('"', "'") for one in extras)
    ]


def _names(node: ast.AST) -> list[str]:
    match node:
        case ast.Import(names=aliases):
            return [alias.name for alias in aliases]
        case ast.ImportFrom(module=str(name), level=0):
            return [name]
        case _:
            return []

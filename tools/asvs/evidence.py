"""Which tests name which requirement: read from their decorators, nothing is run."""

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

Test = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(slots=True)
class Evidence:
    """Tests by requirement, and the marks that prove nothing."""

    tests: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    faults: list[str] = field(default_factory=list)

    def read(self, folder: Path) -> None:
        """Read every test module below *folder*."""
        for path in sorted(folder.rglob("*.py")):
            tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
            self._read(tree, path.relative_to(folder.parent).as_posix())

    def _read(self, tree: ast.Module, path: str) -> None:
        tests = list(_tests(tree))
        of_all = list(_marks(_of_module(tree)))
        counted = set(of_all) if tests else set()
        for test in tests:
            for mark in (*_marks(test.decorator_list), *of_all):
                counted.add(mark)
                self._note(mark, f"{path}::{test.name}")
        for mark in _marks([tree]):
            if mark not in counted:
                self.faults.append(f"{path}:{mark.lineno}: the mark is on no test")

    def _note(self, mark: ast.Call, test: str) -> None:
        match mark.args:
            case [ast.Constant(value=str(requirement))]:
                self.tests[requirement].append(test)
            case _:
                self.faults.append(f"{test}: the mark names no requirement")


def _tests(tree: ast.Module) -> Iterator[Test]:
    for node in ast.walk(tree):
        if isinstance(node, Test) and node.name.startswith("test_"):
            yield node


def _of_module(tree: ast.Module) -> Iterator[ast.AST]:
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id="pytestmark")], value=value):
                yield value


def _marks(nodes: Iterable[ast.AST]) -> Iterator[ast.Call]:
    for node in nodes:
        for one in ast.walk(node):
            match one:
                case ast.Call(func=ast.Attribute(attr="asvs")):
                    yield one

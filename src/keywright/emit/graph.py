"""Which modules a module needs, read from its imports.

Every import counts: those inside functions and under `if TYPE_CHECKING` too, because
the copied text contains them.
"""

import ast
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from keywright.emit.refusals import PlanRefused
from keywright.emit.source import Source


@dataclass(frozen=True, slots=True)
class Import:
    """One imported module and the names taken from it; none for `import x`."""

    module: str
    names: tuple[str, ...]
    line: int

    @property
    def top(self) -> str:
        """Return the first part of the module's name."""
        return self.module.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Selection:
    """What stands in the slots.

    *origins* maps a slot's module to the alternative whose text takes its place,
    *others* are the alternatives nobody chose, *filled* maps a module to the one
    that the project has itself, *absent* are slots of parts that nobody asked for.
    """

    origins: Mapping[str, str] = field(default_factory=dict)
    others: frozenset[str] = frozenset()
    filled: Mapping[str, str] = field(default_factory=dict)
    absent: frozenset[str] = frozenset()

    def place(self, module: str) -> str:
        """Return the module in whose place *module* stands."""
        slots = {origin: slot for slot, origin in self.origins.items()}
        return slots.get(module, module)


@dataclass(frozen=True, slots=True)
class Module:
    """A module to copy: *text* is that of *origin*, which differs in a slot."""

    name: str
    origin: str
    text: str
    imports: tuple[Import, ...]


@cache
def imports_of(text: str, module: str) -> Sequence[Import]:
    """Return the imports of *text*; raise `PlanRefused` for relative ones."""
    return tuple(_imports(ast.parse(text), module))


def _imports(tree: ast.Module, module: str) -> Iterator[Import]:
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=aliases):
                for alias in aliases:
                    yield Import(alias.name, (), node.lineno)
            case ast.ImportFrom(module=str(name), names=aliases, level=0):
                names = tuple(alias.name for alias in aliases)
                yield Import(name, names, node.lineno)
            case ast.ImportFrom():
                raise PlanRefused(
                    f"{module}, line {node.lineno}: a relative import cannot be moved."
                )


def read(source: Source, name: str, selection: Selection) -> Module:
    """Return the module *name* as *selection* has it."""
    origin = selection.origins.get(name, name)
    text = source.text(origin)
    return Module(name, origin, text, tuple(imports_of(text, origin)))


def closure(
    source: Source, roots: Iterable[str], selection: Selection
) -> Mapping[str, Module]:
    """Return *roots* and everything they import from the package, by name.

    Raise `PlanRefused` for an import that cannot be followed.
    """
    modules: dict[str, Module] = {}
    waiting = deque((root, root, 0) for root in roots)
    while waiting:
        name, importer, line = waiting.popleft()
        if name in modules:
            continue
        _check(source, name, selection, where=f"{importer}, line {line}")
        module = read(source, name, selection)
        modules[name] = module
        for needed in module.imports:
            if not source.owns(needed.module):
                continue
            target = selection.place(needed.module)
            if target not in selection.filled:
                waiting.append((target, module.origin, needed.line))
    return modules


def _check(source: Source, name: str, selection: Selection, *, where: str) -> None:
    if name in selection.others:
        raise PlanRefused(
            f"{where}: {name} is an alternative that was not chosen; "
            "import the slot instead."
        )
    if source.path(selection.origins.get(name, name)) is None:
        raise PlanRefused(
            f"{where}: {name} is no module. Write `from module import name` with "
            "the module that defines the name."
        )

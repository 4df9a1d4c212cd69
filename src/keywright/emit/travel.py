"""Which tests travel with the copied modules.

A test travels if and only if everything it imports is copied, and is not what stands
in for a part that nobody asked for. The helpers it imports
and the `conftest.py` of its folders count as imports; memory twins that only tests
need are copied for them. A test that needs a store which the project did not choose
stays: it could not pass there.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from keywright.emit.graph import Import, Module, Selection, read
from keywright.emit.requirements import Catalog
from keywright.emit.source import Source
from keywright.registry.choices import Choices
from keywright.registry.slots import STORES
from keywright.registry.suite import (
    ABOUT,
    ATTACKS,
    CONTRACTS,
    FOLDER,
    UNSAID,
    has_store,
)
from keywright.registry.travel import HOUSE, HOUSE_MODULES

_TWIN: Final = re.compile(r"features\.\w+\.memory")


class Reach:
    """What a project has at run time: the stores it chose, and what it can ask for."""

    def __init__(
        self, choices: Choices, catalog: Catalog, *, blueprint: str = ""
    ) -> None:
        """Take the *choices* of the project and the *catalog* of requirements.

        *blueprint* names what is copied, if it is one.
        """
        self._catalog = catalog
        self._blueprint = blueprint
        self._choices = choices
        absent = [store for store in STORES if not store.is_chosen(choices)]
        self._schemes = tuple(store.scheme for store in absent)
        self._packages = {
            package for store in absent for package in (store.driver, *store.clients)
        }

    def has(self, top: str) -> bool:
        """Say whether the foreign top package *top* is there, or can be."""
        return top not in self._packages and self._catalog.knows(top)

    def has_stores_of(self, text: str) -> bool:
        """Say whether *text* names no address of a store that was not chosen."""
        return not any(scheme in text for scheme in self._schemes)

    def has_blueprint_of(self, text: str) -> bool:
        """Say whether *text*, a module of the suite, is about what is copied."""
        named = next(_blueprints(text), {UNSAID})
        known = named & ABOUT.keys()
        return not known or any(self._blueprint in ABOUT[name] for name in known)

    def has_part_of(self, text: str) -> bool:
        """Say whether the part that *text* names in NEEDS was asked for."""
        named = _assigned(text, "NEEDS")
        return all(self._choices.value(name) == "yes" for name in named)

    def has_store_of(self, text: str) -> bool:
        """Say whether what *text*, a module of the contracts, is about is kept."""
        folder = self._blueprint.replace("-", "_")
        return bool(folder) and all(
            has_store(name, folder, self._choices) for name in _assigned(text, "STORE")
        )


@dataclass(frozen=True, slots=True)
class Travelling:
    """The tests and helpers to copy, and the memory twins for them alone."""

    tests: Mapping[str, Module]
    twins: Mapping[str, Module]


def travelling(
    source: Source,
    copied: Mapping[str, Module],
    selection: Selection,
    reach: Reach,
) -> Travelling:
    """Return the tests that travel with *copied*.

    A test that needs what lies beyond *reach* stays behind. So does one that touches
    no copied module.
    """
    fleet = _Fleet(source, copied, selection, reach)
    going: dict[str, Module] = {}
    for name in source.test_modules():
        if not name.rpartition(".")[2].startswith("test_") or _is_house(name):
            continue
        if not _has_what_it_is_about(name, source.text(name), reach):
            continue
        needed = fleet.needed_by(name)
        if needed is not None:
            going.update(needed)
    return Travelling(
        tests={name: going[name] for name in sorted(going) if source.owns_test(name)},
        twins={name: going[name] for name in sorted(going) if source.owns(name)},
    )


def twin_place(name: str) -> str:
    """Return where the twin *name*, without the top package, goes for tests."""
    return f"tests.memory.{name.split('.')[1]}"


def _has_what_it_is_about(name: str, text: str, reach: Reach) -> bool:
    folder = _folder(name)
    if folder in {FOLDER, ATTACKS} and not reach.has_blueprint_of(text):
        return False
    if folder == CONTRACTS and not reach.has_store_of(text):
        return False
    return reach.has_part_of(text)


def _is_house(name: str) -> bool:
    return _folder(name) in HOUSE or name in HOUSE_MODULES


def _folder(name: str) -> str:
    return name.split(".")[1]


def _blueprints(text: str) -> Iterator[set[str]]:
    """Yield the names in what *text* assigns to BLUEPRINTS."""
    for node in ast.parse(text).body:
        match node:
            case ast.Assign(targets=[ast.Name(id="BLUEPRINTS")], value=value):
                nodes = ast.walk(value)
                yield {one.id for one in nodes if isinstance(one, ast.Name)}


def _assigned(text: str, name: str) -> Iterator[str]:
    """Yield the word that *text* assigns to *name*."""
    for node in ast.parse(text).body:
        match node:
            case ast.Assign(
                targets=[ast.Name(id=target)], value=ast.Constant(value=str(word))
            ) if target == name:
                yield word


class _Fleet:
    def __init__(
        self,
        source: Source,
        copied: Mapping[str, Module],
        selection: Selection,
        reach: Reach,
    ) -> None:
        self._source = source
        self._copied = copied
        self._selection = selection
        self._reach = reach
        self._read: dict[str, Module] = {}

    def needed_by(self, test: str) -> Mapping[str, Module] | None:
        """Return *test* with all it needs beyond the copied modules, or None."""
        needed: dict[str, Module] = {}
        waiting = [test]
        touched = False
        while waiting:
            name = waiting.pop()
            if name in needed:
                continue
            if self._source.path(name) is None:
                return None
            needed[name] = self._module(name)
            if not self._reach.has_stores_of(needed[name].text):
                return None
            for one in needed[name].imports:
                targets = tuple(self._targets(one))
                touched = touched or any(self._is_copied(each) for each in targets)
                if any(self._stays(each) for each in targets):
                    return None
                waiting += [each for each in targets if self._travels(each)]
            waiting += self._conftests(name)
        return needed if touched else None

    def _module(self, name: str) -> Module:
        if name not in self._read:
            self._read[name] = read(self._source, name, self._selection)
        return self._read[name]

    def _targets(self, one: Import) -> Iterator[str]:
        """Yield the modules that *one* names; `from tests.a import b` may name b."""
        if not self._source.owns_test(one.module) or self._source.path(one.module):
            yield self._selection.place(one.module)
        else:
            yield from (f"{one.module}.{name}" for name in one.names)

    def _is_copied(self, module: str) -> bool:
        return module in self._copied

    def _travels(self, module: str) -> bool:
        return self._source.owns_test(module) or self._is_twin(module)

    def _is_twin(self, module: str) -> bool:
        if not self._source.owns(module) or self._is_copied(module):
            return False
        name = module.removeprefix(f"{self._source.package}.")
        return _TWIN.fullmatch(name) is not None

    def _stays(self, module: str) -> bool:
        if module in self._selection.absent:
            return True
        if self._is_copied(module) or self._travels(module):
            return False
        return self._source.owns(module) or not self._reach.has(
            module.partition(".")[0]
        )

    def _conftests(self, name: str) -> list[str]:
        if not self._source.owns_test(name):
            return []
        parts = name.split(".")
        folders = (".".join(parts[:end]) for end in range(1, len(parts)))
        found = (f"{folder}.conftest" for folder in folders)
        return [each for each in found if self._source.path(each)]

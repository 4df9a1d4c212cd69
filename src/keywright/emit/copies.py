"""The copied files: chosen, placed, rewritten, and checked for the product's name."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from keywright.emit.graph import Module, Selection, closure
from keywright.emit.layout import destinations
from keywright.emit.project import Project
from keywright.emit.refusals import PlanRefused
from keywright.emit.requirements import Catalog
from keywright.emit.rewrite import with_imports
from keywright.emit.selection import check_fill, select
from keywright.emit.source import Source
from keywright.emit.travel import Reach, Travelling, travelling, twin_place
from keywright.registry.item import Item


@dataclass(frozen=True, slots=True)
class Copies:
    """What of the source goes into a project, and under which names.

    *places* maps each copied module to its name in the project; modules that the
    project has itself are in it too. *absent* are the modules of parts that nobody
    asked for.
    """

    modules: Mapping[str, Module]
    going: Travelling
    places: Mapping[str, str]
    absent: frozenset[str] = frozenset()

    def every(self) -> Iterable[Module]:
        """Return all modules that are copied, tests last."""
        return (
            *self.modules.values(),
            *self.going.twins.values(),
            *self.going.tests.values(),
        )

    def test_side(self) -> Iterable[Module]:
        """Return the modules that only tests need."""
        return (*self.going.twins.values(), *self.going.tests.values())


def copies(item: Item, project: Project, source: Source, catalog: Catalog) -> Copies:
    """Return what copying *item* takes along; raise `PlanRefused` if it cannot."""
    selection = select(item, project, source)
    roots = [source.full(root) for root in item.roots_for(project.choices)]
    modules = closure(source, roots, selection)
    check_fill(modules, selection, project)
    blueprint = item.name.partition("blueprint/")[2]
    reach = Reach(project.choices, catalog, blueprint=blueprint)
    going = travelling(source, modules, selection, reach)
    places = _places(modules, going, selection, project, source)
    return Copies(modules, going, places, selection.absent)


def _places(
    modules: Mapping[str, Module],
    going: Travelling,
    selection: Selection,
    project: Project,
    source: Source,
) -> Mapping[str, str]:
    prefix = f"{source.package}."
    choices = project.choices
    placed = destinations(
        (name.removeprefix(prefix) for name in modules),
        layout=choices.layout,
        package=choices.package,
    )
    places = {f"{prefix}{name}": place for name, place in placed.items()}
    for slot, origin in selection.origins.items():
        if slot in places:
            places[origin] = places[slot]
    for twin in going.twins:
        places[twin] = twin_place(twin.removeprefix(prefix))
    return {**places, **selection.filled, **{name: name for name in going.tests}}


def copied_files(taken: Copies, *, code: str, product: str) -> Mapping[str, str]:
    """Return the files of *taken* by path, with empty package files above them.

    *code* is the folder of the project's packages. Raise `PlanRefused` if a text
    still holds the name *product*, in whatever case.
    """
    files: dict[str, str] = {}
    named: list[str] = []
    for module in taken.every():
        text = with_imports(module.text, taken.places.get)
        if product in text.lower():
            named.append(f"{module.origin}, line {_line_with(product, text)}")
        files[path_of(taken.places[module.name], code=code)] = text
    if named:
        raise PlanRefused(f"Copied code would name {product}: {'; '.join(named)}.")
    return {**dict.fromkeys(_package_files(files, code), ""), **files}


def path_of(module: str, *, code: str) -> str:
    """Return the path of the project's *module*; tests lie at the root."""
    folder = "" if module.startswith("tests.") else code
    return f"{folder}/{module.replace('.', '/')}.py".lstrip("/")


def _line_with(word: str, text: str) -> int:
    return text.lower()[: text.lower().index(word)].count("\n") + 1


def _package_files(paths: Iterable[str], code: str) -> Iterable[str]:
    folders = {folder for path in paths for folder in PurePosixPath(path).parents}
    outside = {PurePosixPath(), PurePosixPath(code)}
    return sorted(str(folder / "__init__.py") for folder in folders - outside)

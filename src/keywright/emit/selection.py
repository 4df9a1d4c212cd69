"""What stands in the slots of an item, by the choices and the fills of a project."""

from collections.abc import Iterable, Mapping

from keywright.emit.graph import Module, Selection
from keywright.emit.project import Project
from keywright.emit.refusals import PlanRefused
from keywright.emit.source import Source
from keywright.registry.item import Item
from keywright.registry.slots import STORES, Alternative, Slot


def select(item: Item, project: Project, source: Source) -> Selection:
    """Return what stands in the slots of *item*.

    Raise `PlanRefused` if a slot has no alternative for what the project chose, or if
    the project fills a module that does not exist.
    """
    origins: dict[str, str] = {}
    others: set[str] = set()
    absent: set[str] = set()
    for slot in item.slots:
        every = {source.full(slot.origin(one)) for one in slot.alternatives if one.name}
        others |= every
        if slot.module not in project.fill:
            chosen = _chosen(slot, item, project)
            origins[source.full(slot.module)] = source.full(slot.origin(chosen))
            if chosen.name and any(not one.name for one in slot.alternatives):
                absent.add(source.full(slot.module))
    for slot in item.test_slots:
        if (alternative := slot.alternative(project.choices)) is not None:
            origins[f"tests.{slot.module}"] = f"tests.{slot.origin(alternative)}"
    filled = {source.full(name): own for name, own in project.fill.items()}
    for name in filled:
        if source.path(name) is None:
            raise PlanRefused(
                f"keywright.toml fills {name.partition('.')[2]}, which is no module of "
                f"{item.name}."
            )
    unchosen = frozenset(others) - set(origins.values())
    return Selection(origins, unchosen, filled, frozenset(absent))


def _chosen(slot: Slot, item: Item, project: Project) -> Alternative:
    alternative = slot.alternative(project.choices)
    if alternative is None:
        keys = sorted({key for one in slot.alternatives for key in one.when})
        stated = ", ".join(f"{key} = {project.choices.value(key)}" for key in keys)
        raise PlanRefused(f"{item.name} cannot be copied yet for {stated}.")
    return alternative


def needs(
    item: Item, project: Project, modules: Mapping[str, Module], source: Source
) -> Iterable[str]:
    """Return the distributions that *modules* need though no import shows them.

    A driver is needed by who connects to its store, what a slot needs by who has it.
    """
    stores = [
        store
        for store in STORES
        if store.is_chosen(project.choices) and source.full(store.module) in modules
    ]
    found = [*item.needs, *(store.driver for store in stores)]
    for slot in item.slots:
        alternative = slot.alternative(project.choices)
        if alternative is not None and source.full(slot.module) in modules:
            found += alternative.needs
    return found


def check_fill(
    modules: Mapping[str, Module], selection: Selection, project: Project
) -> None:
    """Raise `PlanRefused` if a module of the project lacks a name that is imported."""
    missing: dict[str, set[str]] = {}
    for module in modules.values():
        for one in module.imports:
            own = selection.filled.get(one.module)
            if own is not None:
                absent = set(one.names) - project.names[own]
                missing.setdefault(own, set()).update(absent)
    for own, names in missing.items():
        if names:
            raise PlanRefused(
                f"{own} fills a slot but does not define {', '.join(sorted(names))}."
            )

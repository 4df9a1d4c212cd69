"""Add an item to a project: read, plan, compare, write."""

from collections.abc import Callable, Mapping
from pathlib import Path

from keywright.emit.apply import recover
from keywright.emit.changes import Prepared, prepare
from keywright.emit.plan import plan
from keywright.emit.project import read_project
from keywright.emit.requirements import Catalog, of_this_distribution
from keywright.emit.source import installed
from keywright.registry.choices import OPTIONS
from keywright.registry.items import Item

Ask = Callable[[str, str], str]
"""Asks for the value of a key, with the one that is taken otherwise."""


def planned(
    item: Item, root: Path, given: Mapping[str, str], *, ask: Ask | None
) -> Prepared:
    """Return what adding *item* to the project in *root* writes.

    What a killed command left there is finished first. *given* are choices by key;
    without a `keywright.toml`, *ask* is asked for the others. Raise `EmitError` if
    the item cannot be added.
    """
    recover(root)
    project = read_project(root, given)
    if ask is not None and not project.is_configured:
        keys = [key for key in ("package", *OPTIONS) if key not in given]
        answers = {key: ask(key, project.choices.value(key)) for key in keys}
        project = read_project(root, {**answers, **given})
    catalog = Catalog(of_this_distribution())
    return prepare(plan(item, project, source=installed(), catalog=catalog), project)

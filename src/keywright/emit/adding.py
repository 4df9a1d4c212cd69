"""Add an item to a project: read, plan, compare, write."""

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from keywright.emit.apply import recover, require_recovered
from keywright.emit.asking import Ask, answers, require_offered
from keywright.emit.changes import Prepared, prepare
from keywright.emit.configuration import CONFIGURATION, likely_package
from keywright.emit.plan import Plan, plan
from keywright.emit.project import Project, read_project
from keywright.emit.requirements import Catalog, of_this_distribution
from keywright.emit.source import installed
from keywright.registry.item import Item


def planned(
    item: Item,
    root: Path,
    given: Mapping[str, str],
    *,
    ask: Ask | None,
    writes: bool = True,
) -> Prepared:
    """Return what adding *item* to the project in *root* writes.

    What a killed command left there is finished first, or refused if nothing must be
    written. *given* are choices by key; without a `keywright.toml`, *ask* is asked for
    the others. Raise `EmitError` if the item cannot be added.
    """
    if writes:
        recover(root)
    else:
        require_recovered(root)
    require_offered(item, given)
    project = read_project(root, given)
    if ask is not None and not project.is_configured:
        answered = answers(ask, item, project, given)
        project = read_project(root, {**answered, **given})
    return prepare(_plan(item, project), project)


def viewed(item: Item, root: Path, given: Mapping[str, str]) -> Plan:
    """Return what adding *item* writes, where *root* need not be a project.

    A `keywright.toml` there decides, and *given* otherwise.
    """
    require_offered(item, given)
    if (root / CONFIGURATION).is_file():
        return _plan(item, read_project(root, given))
    with TemporaryDirectory(prefix="viewed-") as empty:
        package = {"package": likely_package(root.resolve().name, None)}
        return _plan(item, read_project(Path(empty), {**package, **given}))


def _plan(item: Item, project: Project) -> Plan:
    return plan(item, project, source=installed(), catalog=catalog())


def catalog() -> Catalog:
    """Return what this distribution asks for."""
    return Catalog(of_this_distribution())

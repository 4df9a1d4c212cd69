"""Start a project: a new one whole, or make an existing one known."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from keywright.emit.adding import catalog
from keywright.emit.apply import recover, require_recovered
from keywright.emit.asking import Ask, answers, require_offered
from keywright.emit.changes import Prepared, prepare
from keywright.emit.configuration import CONFIGURATION, configuration_text
from keywright.emit.detection import Found, detected
from keywright.emit.plan import Plan, plan
from keywright.emit.project import Project, read_project
from keywright.emit.refusals import PlanRefused
from keywright.emit.skeleton import skeleton
from keywright.emit.source import installed
from keywright.registry.item import Item
from keywright.registry.plugins import PARALLEL

BASE: Final = "shared.declarative"
NO_BASE: Final = "none"


@dataclass(frozen=True, slots=True)
class Start:
    """What the command line says: choices by key, the blueprint, and the base's module.

    *base* is None where nothing was said.
    """

    given: Mapping[str, str]
    item: Item | None = None
    base: str | None = None


def initialised(root: Path, start: Start, *, ask: Ask | None, writes: bool) -> Prepared:
    """Return what making *root* a project writes.

    An existing project gets `keywright.toml` alone, unless a blueprint was named; its
    own files are read, never changed. Raise `EmitError` if it is one already, or if
    what was found does not fit.
    """
    if writes:
        recover(root)
    else:
        require_recovered(root)
    if (root / CONFIGURATION).exists():
        raise PlanRefused(
            f"There is a {CONFIGURATION} already. Change it by hand, or go on with: "
            "keywright add"
        )
    found = detected(root)
    seen = _seen(found) if found else {}
    fill = _fill(found, start.base)
    project = read_project(root, {**seen, **start.given}, fill=fill)
    if start.item is not None:
        require_offered(start.item, start.given)
    if ask is not None:
        answered = answers(ask, start.item, project, {**start.given, **seen})
        project = read_project(root, {**seen, **answered, **start.given}, fill=fill)
    return prepare(_plan(project, start, is_new=found is None), project)


def _seen(found: Found) -> Mapping[str, str]:
    """Return the choices that follow from what was *found*.

    The code goes into a package of its own, so that it meets no file of the project.
    """
    return {**found.choices, "package": f"{found.package}.auth"}


def _fill(found: Found | None, base: str | None) -> Mapping[str, str]:
    if found is None or base == NO_BASE:
        return {}
    if base is not None:
        return {BASE: base}
    fitting = [module for module, name in found.bases if name == "Base"]
    if len(fitting) == 1:
        return {BASE: fitting[0]}
    if found.bases:
        listed = ", ".join(f"{name} in {module}" for module, name in found.bases)
        raise PlanRefused(
            f"The tables need one declarative base called Base; there is {listed}. "
            "Name its module with --base MODULE, after giving it the name Base there, "
            "or keep the tables apart with --base none."
        )
    return {}


def _plan(project: Project, start: Start, *, is_new: bool) -> Plan:
    if start.item is None:
        text = configuration_text(project.choices, project.fill)
        return Plan(
            item="",
            files={},
            started={},
            edits={CONFIGURATION: text},
            requirements=(),
            test_requirements=(),
            variables=(),
            next_steps=("keywright add blueprint hybrid-auth",),
        )
    offered = skeleton(project, start.item) if is_new else {}
    missing = {
        path: text for path, text in offered.items() if project.content(path) is None
    }
    planned = plan(
        start.item,
        project,
        source=installed(),
        catalog=catalog(),
        plugins=[PARALLEL] if "Makefile" in missing else [],
    )
    steps = ("make test", "make run") if "Makefile" in missing else planned.next_steps
    return replace(planned, started={**missing, **planned.started}, next_steps=steps)

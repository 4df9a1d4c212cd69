"""Plan what copying an item into a project writes. Nothing here writes it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Final

from keywright.emit.configuration import CONFIGURATION, configuration_text
from keywright.emit.copies import Copies, copied_files, copies
from keywright.emit.managers import REQUIREMENTS, TEST_REQUIREMENTS
from keywright.emit.manifest import (
    Needs,
    falling_short,
    manifest_text,
    requirements_text,
)
from keywright.emit.migrations import migrations, models_of
from keywright.emit.project import Project
from keywright.emit.requirements import Catalog, foreign
from keywright.emit.selection import needs
from keywright.emit.source import Source
from keywright.emit.steps import next_steps
from keywright.emit.variables import (
    Variable,
    example_text,
    ignoring_text,
    names_from,
    variables_of,
)
from keywright.registry.item import Item
from keywright.registry.plugins import OF_MARKS
from keywright.registry.travel import MARKERS
from keywright.registry.variables import FRESH, ignored, values

_MARK: Final = re.compile(r"\bpytest\.mark\.(\w+)")


@dataclass(frozen=True, slots=True)
class Plan:
    """What will be written.

    *files* are copies, by path, whose digests go into the lock; *started* are files
    that are written once and then belong to the project, as its migrations do; *edits*
    are the new texts of files that it has. `.env` follows from *variables* when the
    plan is carried out, so that a plan holds no secret. *notes* are what a person has
    to mend.
    """

    item: str
    files: Mapping[str, str]
    started: Mapping[str, str]
    edits: Mapping[str, str]
    requirements: Sequence[str]
    test_requirements: Sequence[str]
    variables: Sequence[Variable]
    next_steps: Sequence[str]
    notes: Sequence[str] = ()


def plan(
    item: Item,
    project: Project,
    *,
    source: Source,
    catalog: Catalog,
    plugins: Iterable[str] = (),
) -> Plan:
    """Return what copying *item* from *source* into *project* writes.

    *plugins* run its tests, beyond those that their marks call for. Raise
    `PlanRefused`, naming the module, if the item cannot be copied as asked.
    """
    taken = copies(item, project, source, catalog)
    files = copied_files(taken, code=project.code, product=source.package)
    variables = _variables(item, project, taken, source)
    wanted = _needs(item, project, taken, source, catalog, plugins=plugins)
    return Plan(
        item=item.name,
        files=files,
        started=migrations(item, project, taken, source),
        edits=_edits(project, wanted, variables),
        requirements=wanted.requirements,
        test_requirements=wanted.test_requirements,
        variables=variables,
        next_steps=next_steps(item, project, taken, has_tests=bool(taken.going.tests)),
        notes=falling_short(project.texts, wanted),
    )


def _needs(
    item: Item,
    project: Project,
    taken: Copies,
    source: Source,
    catalog: Catalog,
    *,
    plugins: Iterable[str],
) -> Needs:
    own = (source.package, "tests", *(name.partition(".")[0] for name in project.names))
    migrated = ["alembic"] if models_of(taken) and item.settings else []
    beyond = [*needs(item, project, taken.modules, source), *migrated]
    required = catalog.product(foreign(taken.modules.values(), own), beyond)
    tests = foreign(taken.test_side(), own)
    marks = marks_in(module.text for module in taken.test_side())
    runners = [*plugins, *(OF_MARKS[name] for name in marks if name in OF_MARKS)]
    return Needs(
        requirements=required,
        test_requirements=catalog.tests(tests, required, runners)
        if taken.going.tests
        else (),
        markers={name: text for name, text in MARKERS.items() if name in marks},
        code=project.code,
        apart=project.keeps_requirements_apart,
    )


def marks_in(texts: Iterable[str]) -> frozenset[str]:
    """Return the marks of pytest that stand in *texts*."""
    return frozenset(name for text in texts for name in _MARK.findall(text))


def _variables(
    item: Item, project: Project, taken: Copies, source: Source
) -> Sequence[Variable]:
    if item.settings is None:
        return ()
    settings = import_module(source.full(item.settings)).Settings
    found = variables_of(settings, values(project.choices), FRESH)
    idle = names_from(settings, taken.absent)
    return [one for one in found if one.name not in idle]


def _edits(
    project: Project, wanted: Needs, variables: Sequence[Variable]
) -> Mapping[str, str]:
    """Return the files of the project that change, with their new texts."""
    texts = project.texts
    package = project.choices.package
    has_secrets = any(one.fresh or one.value is not None for one in variables)
    patterns = ignored(project.choices) if has_secrets else ()
    after = {
        CONFIGURATION: texts.get(CONFIGURATION)
        or configuration_text(project.choices, project.fill),
        "pyproject.toml": manifest_text(
            texts.get("pyproject.toml"), package=package, needs=wanted
        ),
        ".env.example": example_text(texts.get(".env.example"), variables),
    }
    if has_secrets:
        after[".gitignore"] = ignoring_text(texts.get(".gitignore"), patterns)
    if wanted.apart:
        for name, lines in (
            (REQUIREMENTS, wanted.requirements),
            (TEST_REQUIREMENTS, wanted.test_requirements),
        ):
            after[name] = requirements_text(texts.get(name), lines)
    return {
        path: text for path, text in after.items() if text and text != texts.get(path)
    }

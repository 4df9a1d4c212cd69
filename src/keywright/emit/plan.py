"""Plan what copying an item into a project writes. Nothing here writes it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module

from keywright.emit.configuration import CONFIGURATION
from keywright.emit.copies import Copies, copied_files, copies
from keywright.emit.environment import env_text, ini_text, template_text
from keywright.emit.manifest import Needs, manifest_text
from keywright.emit.project import Project
from keywright.emit.requirements import Catalog, foreign
from keywright.emit.selection import needs
from keywright.emit.source import Source
from keywright.emit.variables import (
    Variable,
    example_text,
    ignoring_text,
    variables_of,
)
from keywright.registry.items import Item
from keywright.registry.travel import MARKERS
from keywright.registry.variables import FRESH, ignored, values

_ENVIRONMENT = {
    "tables": "shared.tables",
    "drivers": "shared.drivers",
    "load": "shared.settings",
}


@dataclass(frozen=True, slots=True)
class Plan:
    """What will be written.

    *files* are copies, by path, whose digests go into the lock; *started* are files
    that are written once and then belong to the project, as its migrations do; *edits*
    are the new texts of files that it has. `.env` follows from *variables* when the
    plan is carried out, so that a plan holds no secret.
    """

    item: str
    files: Mapping[str, str]
    started: Mapping[str, str]
    edits: Mapping[str, str]
    requirements: Sequence[str]
    test_requirements: Sequence[str]
    variables: Sequence[Variable]
    next_steps: Sequence[str]


def plan(item: Item, project: Project, *, source: Source, catalog: Catalog) -> Plan:
    """Return what copying *item* from *source* into *project* writes.

    Raise `PlanRefused`, naming the module, if the item cannot be copied as asked.
    """
    taken = copies(item, project, source, catalog)
    files = copied_files(taken, code=project.code, product=source.package)
    migrations = _migrations(item, project, taken, source)
    variables = _variables(item, project, source)
    wanted = _needs(item, project, taken, source, catalog)
    return Plan(
        item=item.name,
        files=files,
        started=migrations,
        edits=_edits(project, wanted, variables),
        requirements=wanted.requirements,
        test_requirements=wanted.test_requirements,
        variables=variables,
        next_steps=_next_steps(item, project, has_tables=bool(_models(taken))),
    )


def _needs(
    item: Item, project: Project, taken: Copies, source: Source, catalog: Catalog
) -> Needs:
    own = (source.package, "tests", *(name.partition(".")[0] for name in project.names))
    beyond = [*needs(item, project), *(["alembic"] if _models(taken) else [])]
    required = catalog.product(foreign(taken.modules.values(), own), beyond)
    tests = foreign(taken.test_side(), own)
    texts = " ".join(module.text for module in taken.test_side())
    return Needs(
        requirements=required,
        test_requirements=catalog.tests(tests, required) if taken.going.tests else (),
        markers={
            name: text
            for name, text in MARKERS.items()
            if re.search(rf"pytest\.mark\.{name}\b", texts)
        },
        code=project.code,
    )


def _models(taken: Copies) -> Sequence[str]:
    return sorted(name for name in taken.modules if name.endswith(".models"))


def _migrations(
    item: Item, project: Project, taken: Copies, source: Source
) -> Mapping[str, str]:
    """Return the first revision and its environment, where the project needs them."""
    models = _models(taken)
    if not models or project.has_migrations or item.settings is None:
        return {}
    if any(source.full(name) not in taken.modules for name in _ENVIRONMENT.values()):
        return {}
    from keywright.emit.revision import REVISION, revision_text, tables_of

    environment = {**_ENVIRONMENT, "settings": item.settings}
    modules = {
        key: taken.places[source.full(name)] for key, name in environment.items()
    }
    tables = tables_of(taken.modules[name].origin for name in models)
    return {
        "alembic.ini": ini_text(project.code),
        "migrations/env.py": env_text(
            models=[taken.places[name] for name in models], **modules
        ),
        "migrations/script.py.mako": template_text(),
        f"migrations/versions/{REVISION}_create_tables.py": revision_text(
            tables, database=project.choices.database
        ),
    }


def _variables(item: Item, project: Project, source: Source) -> Sequence[Variable]:
    if item.settings is None:
        return ()
    settings = import_module(source.full(item.settings)).Settings
    return variables_of(settings, values(project.choices), FRESH)


def _edits(
    project: Project, wanted: Needs, variables: Sequence[Variable]
) -> Mapping[str, str]:
    """Return the files of the project that change, with their new texts."""
    texts = project.texts
    after = {
        CONFIGURATION: texts.get(CONFIGURATION) or _configuration(project),
        "pyproject.toml": manifest_text(
            texts.get("pyproject.toml"), package=project.choices.package, needs=wanted
        ),
        ".env.example": example_text(texts.get(".env.example"), variables),
        ".gitignore": ignoring_text(texts.get(".gitignore"), ignored(project.choices)),
    }
    return {path: text for path, text in after.items() if text != texts.get(path)}


def _configuration(project: Project) -> str:
    stated = project.choices.as_mapping().items()
    return "".join(f'{key} = "{value}"\n' for key, value in stated)


def _next_steps(item: Item, project: Project, *, has_tables: bool) -> Sequence[str]:
    package = project.choices.package
    migrate = ["uv run alembic upgrade head"] if has_tables else []
    if project.choices.database == "mongodb":
        migrate = [f"uv run python -m {package}.collections"]
    if has_tables and project.has_migrations and item.name not in project.lock.items:
        migrate.insert(0, "uv run alembic revision --autogenerate -m sign-in")
    folder = f" --app-dir {project.code}" if project.code else ""
    start = [f"uv run {item.start.format(package=package)}{folder}"]
    return [
        "uv sync --all-groups",
        *migrate,
        "uv run pytest",
        *(start if item.start else []),
    ]

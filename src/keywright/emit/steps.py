"""What a person does next: commands, and what only a person can do."""

from collections.abc import Sequence

from keywright.emit.copies import Copies
from keywright.emit.managers import installing, running
from keywright.emit.migrations import (
    documents_of,
    makes_collections,
    models_of,
)
from keywright.emit.project import Project
from keywright.registry.item import Item
from keywright.registry.suite import FOLDER, servers


def next_steps(
    item: Item, project: Project, taken: Copies, *, has_tests: bool
) -> Sequence[str]:
    """Return the steps after *item* was written into *project*."""
    manager = project.manager
    folder = f" --app-dir {project.code}" if project.code else ""
    start = item.start.format(package=project.choices.package)
    testing = " ".join([*_servers(project, taken), running(manager, "pytest")])
    return [
        *installing(
            manager,
            with_tests=has_tests,
            from_manifest=not project.keeps_requirements_apart,
        ),
        *_naming(item, project, taken),
        *(running(manager, one) for one in _migrating(item, project, taken)),
        *([testing] if has_tests else []),
        *([running(manager, f"{start}{folder}")] if start else []),
    ]


def _servers(project: Project, taken: Copies) -> Sequence[str]:
    """Return what names the servers that the copied tests need."""
    needs_them = f"tests.{FOLDER}.storages" in taken.going.tests
    return servers(project.choices) if needs_them else ()


def _migrating(item: Item, project: Project, taken: Copies) -> Sequence[str]:
    if models_of(taken) and item.settings is not None:
        is_later = project.has_migrations and item.name not in project.lock.items
        name = item.name.rpartition("/")[2]
        made = [f"alembic revision --autogenerate -m {name}"] if is_later else []
        return [*made, "alembic upgrade head"]
    if makes_collections(taken):
        return [f"python -m {project.choices.package}.collections"]
    if documents_of(taken) and item.settings is not None:
        return ["python -m migrations.collections"]
    return []


def _naming(item: Item, project: Project, taken: Copies) -> Sequence[str]:
    """Return where new tables must be named, in files that belong to the project."""
    is_later = project.has_migrations and item.name not in project.lock.items
    if not is_later or item.settings is None:
        return []
    env = project.content("migrations/env.py") or b""
    missing = [
        taken.places[name]
        for name in models_of(taken)
        if taken.places[name].encode() not in env
    ]
    if not missing:
        return []
    return [f"let migrations/env.py import {', '.join(missing)}"]

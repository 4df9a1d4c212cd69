"""What makes the tables, or collections, of copied code: written once, then owned."""

import ast
from collections.abc import Mapping, Sequence
from typing import Final

from keywright.emit.copies import Copies
from keywright.emit.environment import (
    collections_text,
    env_text,
    ini_text,
    template_text,
)
from keywright.emit.graph import Module
from keywright.emit.project import Project
from keywright.emit.source import Source
from keywright.registry.item import Item

_ENVIRONMENT: Final = {
    "tables": "shared.tables",
    "drivers": "shared.drivers",
    "load": "shared.settings",
}
_COLLECTIONS: Final = {
    "database": "shared.mongo",
    "schema": "shared.mongo_schema",
    "load": "shared.settings",
}
COLLECTIONS: Final = "migrations/collections.py"


def models_of(taken: Copies) -> Sequence[str]:
    """Return the copied modules with tables."""
    return sorted(name for name in taken.modules if name.endswith(".models"))


def documents_of(taken: Copies) -> Sequence[str]:
    """Return the copied modules with collections."""
    return sorted(name for name in taken.modules if name.endswith(".documents"))


def makes_collections(taken: Copies) -> bool:
    """Say whether the copied code brings a module that makes its collections."""
    return any(name.endswith(".collections") for name in taken.modules)


def migrations(
    item: Item, project: Project, taken: Copies, source: Source
) -> Mapping[str, str]:
    """Return the first revision and its environment, where the project needs them."""
    if item.settings is None:
        return {}
    if models_of(taken) and not project.has_migrations:
        return _of_tables(item.settings, project, taken, source)
    is_there = project.content(COLLECTIONS) is not None
    if documents_of(taken) and not makes_collections(taken) and not is_there:
        return _of_collections(item.settings, taken, source)
    return {}


def _places(
    names: Mapping[str, str], settings: str, taken: Copies, source: Source
) -> Mapping[str, str] | None:
    wanted = {**names, "settings": settings}
    if any(source.full(name) not in taken.places for name in wanted.values()):
        return None
    return {key: taken.places[source.full(name)] for key, name in wanted.items()}


def _of_tables(
    settings: str, project: Project, taken: Copies, source: Source
) -> Mapping[str, str]:
    modules = _places(_ENVIRONMENT, settings, taken, source)
    if modules is None:
        return {}
    from keywright.emit.revision import REVISION, revision_text, tables_of

    models = models_of(taken)
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


def _of_collections(settings: str, taken: Copies, source: Source) -> Mapping[str, str]:
    modules = _places(_COLLECTIONS, settings, taken, source)
    if modules is None:
        return {}
    every = {
        taken.places[name]: _collections_in(taken.modules[name])
        for name in documents_of(taken)
    }
    return {COLLECTIONS: collections_text(every, **modules)}


def _collections_in(module: Module) -> Sequence[str]:
    """Return the names that *module* gives to collections."""
    found: list[str] = []
    for node in ast.parse(module.text).body:
        match node:
            case ast.Assign(
                targets=[ast.Name(id=name)],
                value=ast.Call(func=ast.Name(id="Documents")),
            ):
                found.append(name)
            case ast.AnnAssign(
                target=ast.Name(id=name),
                value=ast.Call(func=ast.Name(id="Documents")),
            ):
                found.append(name)
    return found

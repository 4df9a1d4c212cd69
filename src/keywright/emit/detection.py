"""What an existing project is made of, read from its files; nothing is imported."""

import ast
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from keywright.emit.requirements import canonical

_NOT_CODE: Final = frozenset({"tests", "test", "docs", "migrations", "alembic"})
_MVC: Final = frozenset({"controllers", "services", "repositories"})
_MOST_FILES: Final = 2000
_DATABASES: Final = {
    "asyncpg": "postgresql",
    "psycopg": "postgresql",
    "psycopg2": "postgresql",
    "psycopg2-binary": "postgresql",
    "asyncmy": "mysql",
    "aiomysql": "mysql",
    "pymysql": "mysql",
    "mysqlclient": "mysql",
    "pymongo": "mongodb",
    "motor": "mongodb",
    "aiosqlite": "sqlite",
}


@dataclass(frozen=True, slots=True)
class Found:
    """What was seen.

    *package* is the one with the application, *bases* are modules that define a
    declarative base, with its name, *sessions* those that make sessions. *choices*
    are what follows for `keywright.toml`.
    """

    package: str
    has_application: bool
    bases: Sequence[tuple[str, str]] = ()
    sessions: Sequence[str] = ()
    choices: Mapping[str, str] = field(default_factory=dict)


def detected(root: Path) -> Found | None:
    """Return what the project in *root* is made of; None where there is no code."""
    packages = list(_packages(root))
    if not packages:
        return None
    read = {one: list(_modules(one)) for one in packages}
    chosen = max(
        packages, key=lambda one: (_makes_application(read[one]), -len(str(one)))
    )
    trees = read[chosen]
    return Found(
        package=chosen.name,
        has_application=_makes_application(trees),
        bases=[(name, base) for name, tree in trees for base in _bases(tree)],
        sessions=[name for name, tree in trees if _makes_sessions(tree)],
        choices={**_layout(chosen), **_stores(root)},
    )


def _packages(root: Path) -> Iterator[Path]:
    for folder in (root, root / "src"):
        for init in sorted(folder.glob("*/__init__.py")):
            name = init.parent.name
            if name not in _NOT_CODE and not name.startswith("."):
                yield init.parent


def _modules(package: Path) -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(package.rglob("*.py"))[:_MOST_FILES]:
        parts = path.relative_to(package.parent).with_suffix("").parts
        name = ".".join(part for part in parts if part != "__init__")
        try:
            yield name, ast.parse(path.read_text(encoding="utf-8"))
        except (OSError, SyntaxError, ValueError):
            continue


def _calls(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case (
                ast.Call(func=ast.Name(id=name))
                | ast.Call(func=ast.Attribute(attr=name))
            ):
                yield name


def _makes_application(trees: Sequence[tuple[str, ast.Module]]) -> bool:
    return any("FastAPI" in _calls(tree) for _, tree in trees)


def _makes_sessions(tree: ast.Module) -> bool:
    made = {"sessionmaker", "async_sessionmaker", "create_async_engine"}
    return bool(made & set(_calls(tree)))


def _bases(tree: ast.Module) -> Iterator[str]:
    for node in tree.body:
        match node:
            case ast.ClassDef(name=name, bases=bases):
                if any(_name(one) == "DeclarativeBase" for one in bases):
                    yield name
            case ast.Assign(
                targets=[ast.Name(id=name)], value=ast.Call(func=function)
            ) if _name(function) == "declarative_base":
                yield name


def _name(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def _layout(package: Path) -> Mapping[str, str]:
    folders = {one.name for one in package.iterdir() if one.is_dir()}
    return {"layout": "mvc"} if folders & _MVC else {"layout": "feature"}


def _stores(root: Path) -> Mapping[str, str]:
    asked = set(_requirements(root))
    databases = [_DATABASES[name] for name in _DATABASES if name in asked]
    database = {"database": databases[0]} if databases else {}
    return {**database, **({"cache": "redis"} if "redis" in asked else {})}


def _requirements(root: Path) -> Iterator[str]:
    try:
        data = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
        project = data.get("project", {}).get("dependencies", [])
        poetry = data.get("tool", {}).get("poetry", {}).get("dependencies", {})
        yield from map(canonical, [*project, *poetry])
    except (OSError, ValueError, AttributeError, TypeError):
        pass
    for path in root.glob("requirements*.txt"):
        text = path.read_text(encoding="utf-8", errors="replace")
        yield from map(canonical, re.findall(r"(?m)^\s*[A-Za-z0-9].*$", text))

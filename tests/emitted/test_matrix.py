"""Copies of hybrid-auth: linted, typed, tested and started as their owners would."""

import tomllib
from collections.abc import Mapping
from pathlib import Path

import httpx2
import pytest

from keywright.emit.requirements import canonical
from keywright.registry.blueprints import HYBRID_AUTH
from keywright.registry.choices import OPTIONS
from tests.emit.builders import tree
from tests.emitted.cells import (
    AXES,
    CELLS,
    CORNERS,
    PACKAGE,
    Cell,
    added,
    generated,
    run,
)
from tests.emitted.clean import clean_environment
from tests.emitted.imports import imported, with_what_comes_along
from tests.emitted.running import started, stores
from tests.servers import worker

pytestmark = pytest.mark.timeout(900)
DRIVERS = {
    "postgresql": "asyncpg",
    "sqlite": "aiosqlite",
    "mysql": "asyncmy",
    "mongodb": "pymongo",
}
SIGN_UP = {
    "name": "Ada Lovelace",
    "email": "ada@example.com",
    "password": "a long enough passphrase",
    "confirmPassword": "a long enough passphrase",
}


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that all test processes of this run share."""
    base = tmp_path_factory.getbasetemp()
    return (base if worker() == "main" else base.parent) / "cells"


@pytest.fixture(params=CELLS, ids=lambda cell: cell.name)
def cell(request: pytest.FixtureRequest) -> Cell:
    """Return the cells of this run."""
    found: Cell = request.param
    return found


@pytest.fixture
def project(cell: Cell, shared: Path) -> Path:
    """Return the project of *cell*."""
    return generated(cell, shared)


def test_it_passes_the_linter_and_the_formatter(project: Path) -> None:
    run(project, "ruff", "check", ".")
    run(project, "ruff", "format", "--check", ".")


def test_it_passes_the_type_checker(
    project: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    cache = tmp_path_factory.getbasetemp() / "mypy"
    run(project, "mypy", "--strict", f"--cache-dir={cache}", ".")


def test_its_own_tests_pass(project: Path) -> None:
    found = run(project, "pytest", "-q", environment=clean_environment(project))
    assert " passed" in found


def test_the_name_of_the_product_is_nowhere(project: Path) -> None:
    own = {"keywright.toml", "keywright.lock"}
    files = {path: text for path, text in tree(project).items() if path not in own}
    named = [
        path
        for path, content in files.items()
        if "cache" not in path
        and not path.startswith(".hypothesis")
        and b"keywright" in path.encode() + content.lower()
    ]
    assert named == []


def test_it_asks_for_what_it_imports(project: Path) -> None:
    manifest = tomllib.loads((project / "pyproject.toml").read_text("utf-8"))
    asked = manifest["project"]["dependencies"]
    for_tests = manifest["dependency-groups"]["test"]
    own = (PACKAGE, "tests")
    assert imported(project / PACKAGE, own) <= with_what_comes_along(asked)
    brought = with_what_comes_along([*asked, *for_tests])
    assert imported(project / "tests", own) <= brought


def test_it_asks_for_no_store_that_was_not_chosen(cell: Cell, project: Path) -> None:
    manifest = tomllib.loads((project / "pyproject.toml").read_text("utf-8"))
    asked = {canonical(one) for one in manifest["project"]["dependencies"]}
    driver = DRIVERS[cell.database]
    assert asked & set(DRIVERS.values()) == {driver}
    assert ("redis" in asked) is (cell.cache == "redis")


def test_adding_it_again_changes_nothing(cell: Cell, project: Path) -> None:
    files = [path for path in project.rglob("*") if path.suffix in {".py", ".lock"}]
    before = {path: path.stat().st_mtime_ns for path in files}
    added(project, cell)
    assert {path: path.stat().st_mtime_ns for path in files} == before


def test_the_corners_touch_every_value_of_every_axis() -> None:
    for key in AXES:
        assert {one.choices[key] for one in CORNERS} == set(OPTIONS[key])


def test_its_tables_are_those_of_its_code(cell: Cell, project: Path) -> None:
    with stores(cell, project) as environment:
        migrated(cell, project, environment)
        if cell.is_sql:
            found = run(project, "alembic", "check", environment=environment)
            assert "No new upgrade operations detected" in found
        else:
            migrated(cell, project, environment)


def test_it_starts_and_takes_a_sign_up(cell: Cell, project: Path) -> None:
    command = HYBRID_AUTH.start.format(package=PACKAGE)
    with stores(cell, project) as environment:
        migrated(cell, project, environment)
        with started(project, command, environment) as address:
            answer = httpx2.post(f"{address}/api/v1/auth/signup", json=SIGN_UP)
    assert answer.status_code == 202, answer.text
    assert ("success" in answer.json()) is (cell.responses == "envelope")


def migrated(cell: Cell, project: Path, environment: Mapping[str, str]) -> None:
    """Make the tables or collections of *project*, as its next steps say."""
    command = (
        ("alembic", "upgrade", "head")
        if cell.is_sql
        else ("python", "-m", f"{PACKAGE}.collections")
    )
    run(project, *command, environment=environment)

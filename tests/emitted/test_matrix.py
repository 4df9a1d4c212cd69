"""Copies of every blueprint: linted, typed, tested, started as told."""

import tomllib
from pathlib import Path

import httpx2
import pytest

from keywright.emit.requirements import canonical
from tests.emit.builders import tree
from tests.emitted.cells import (
    AXES,
    CELLS,
    CORNERS,
    HOW_MUCH,
    TESTED,
    TESTED_CORNERS,
    VALUES,
    Cell,
    added,
    commands,
    generated,
    run,
)
from tests.emitted.clean import clean_environment
from tests.emitted.imports import imported, with_what_comes_along
from tests.emitted.running import apart, started, stores
from tests.places import worker

pytestmark = pytest.mark.timeout(900)
DRIVERS = {
    "postgresql": "asyncpg",
    "sqlite": "aiosqlite",
    "mysql": "asyncmy",
    "mongodb": "pymongo",
}
UNSEEN = {
    "alembic",
    "email-validator",
    "python-multipart",
    "redis",
    "uvicorn",
    *DRIVERS.values(),
}
"""What copied code needs though it imports none of it."""
PERSON = {
    "name": "Ada Lovelace",
    "email": "ada@example.com",
    "password": "Plum-cabinet 7 sailing",
    "confirmPassword": "Plum-cabinet 7 sailing",
}
CREDENTIALS = {key: PERSON[key] for key in ("email", "password")}
SIGN_UPS = {
    "auth-service": (
        "/auth/register",
        {"firstName": "Ada", "lastName": "Lovelace", **CREDENTIALS},
        201,
    ),
    "backend-starter": (
        "/v1/auth/signup",
        {"fullName": "Ada Lovelace", **CREDENTIALS},
        201,
    ),
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


@pytest.mark.parametrize("cell", TESTED, ids=lambda cell: cell.name, indirect=True)
def test_its_own_tests_pass(project: Path) -> None:
    environment = {**clean_environment(project), **apart()}
    found = run(project, "pytest", "-q", *HOW_MUCH, environment=environment)
    assert " passed" in found
    assert "skipped" not in found, found
    assert (project / "tests" / "blueprints").is_dir()


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
    own = ("shop", "tests")
    seen = imported(project / "shop", own)
    assert seen <= with_what_comes_along(asked)
    assert {canonical(one) for one in asked} <= {*seen, *UNSEEN}
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
        assert {getattr(one, key) for one in CORNERS} == set(VALUES[key])
    for key in ("mailer", "files"):
        assert {one.choices[key] for one in CORNERS} == set(VALUES[key])


def test_the_tested_corners_have_every_blueprint_and_every_database() -> None:
    for key in ("blueprint", "database"):
        assert {getattr(one, key) for one in TESTED_CORNERS} == set(VALUES[key])


def test_the_tested_corners_have_both_forms_of_answers() -> None:
    with_both = [one for one in TESTED_CORNERS if one.blueprint not in SIGN_UPS]
    assert {one.responses for one in with_both} == set(VALUES["responses"])


def test_its_tables_are_those_of_its_code(cell: Cell, project: Path) -> None:
    migrate, _ = commands(project)
    with stores(cell, project) as environment:
        run(project, *migrate.split(), environment=environment)
        if cell.is_sql:
            found = run(project, "alembic", "check", environment=environment)
            assert "No new upgrade operations detected" in found
        else:
            run(project, *migrate.split(), environment=environment)


def test_it_starts_and_takes_a_sign_up(cell: Cell, project: Path) -> None:
    migrate, start = commands(project)
    path, body, status = SIGN_UPS.get(
        cell.blueprint, ("/api/v1/auth/signup", PERSON, 202)
    )
    with stores(cell, project) as environment:
        run(project, *migrate.split(), environment=environment)
        with started(project, start, environment) as address:
            answer = httpx2.post(f"{address}{path}", json=body)
    assert answer.status_code == status, answer.text
    has_envelope = cell.blueprint not in SIGN_UPS and cell.responses == "envelope"
    assert ("success" in answer.json()) is has_envelope

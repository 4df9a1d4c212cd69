"""Each schema part and each component alone in a project: whole, typed, tested."""

import os
from pathlib import Path

import pytest

from tests.emit.builders import tree
from tests.emitted.cells import run
from tests.emitted.clean import clean_environment
from tests.emitted.items import COMPONENTS, SCHEMAS, Part, made
from tests.emitted.running import stores
from tests.servers import worker

PARTS = [*SCHEMAS, *COMPONENTS]
ROUND_TRIP = Path(__file__).with_name("round_trip.py")
IMPORTED_AND_TESTED = """
import importlib, pkgutil, sys
import pytest
package = importlib.import_module(sys.argv[1])
for one in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
    importlib.import_module(one.name)
sys.exit(pytest.main(["-q", "-p", "no:cacheprovider"]))
"""
pytestmark = pytest.mark.timeout(900)


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that all test processes of this run share."""
    base = tmp_path_factory.getbasetemp()
    return (base if worker() == "main" else base.parent) / "items"


def environment(part: Part, folder: Path) -> dict[str, str]:
    """Return the variables with which *part* runs in *folder*, without a store."""
    clean = clean_environment(folder)
    return {**clean, "PYTHONPATH": f"{folder}{os.pathsep}{clean['PYTHONPATH']}"}


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_it_imports_and_its_own_tests_pass(part: Part, shared: Path) -> None:
    folder = made(part, shared)
    command = ("python", "-c", IMPORTED_AND_TESTED, part.package)
    found = run(folder, *command, environment=environment(part, folder))
    assert " passed" in found


def test_all_of_them_pass_the_linter_and_the_formatter(shared: Path) -> None:
    folders = [str(made(part, shared)) for part in PARTS]
    run(shared, "ruff", "check", *folders)
    run(shared, "ruff", "format", "--check", *folders)


def test_all_of_them_pass_the_type_checker(
    shared: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folders = [made(part, shared) for part in PARTS]
    packages = [word for part in PARTS for word in ("-p", part.package)]
    cache = tmp_path_factory.getbasetemp() / "mypy"
    paths = {"MYPYPATH": os.pathsep.join(map(str, folders))}
    options = ("--strict", f"--cache-dir={cache}")
    run(shared, "mypy", *options, *packages, environment=paths)


def test_the_name_of_the_product_is_in_none(shared: Path) -> None:
    named = [
        (part.name, path)
        for part in PARTS
        for path, content in tree(made(part, shared)).items()
        if "cache" not in path
        and not path.startswith(("keywright.", ".hypothesis"))
        and b"keywright" in path.encode() + content.lower()
    ]
    assert named == []


@pytest.mark.parametrize("part", SCHEMAS, ids=lambda part: part.name)
def test_it_migrates_and_what_is_written_comes_back(part: Part, shared: Path) -> None:
    folder = made(part, shared)
    with stores(part, folder) as environment:
        address = environment["AUTH_DATABASE_URL"]
        trip = ("python", str(ROUND_TRIP), part.package, address)
        if part.database == "mongodb":
            for _ in range(2):
                run(
                    folder,
                    *("python", "-m", "migrations.collections"),
                    environment=environment,
                )
            run(folder, *trip, environment=environment)
            return
        run(folder, "alembic", "upgrade", "head", environment=environment)
        found = run(folder, "alembic", "check", environment=environment)
        assert "No new upgrade operations detected" in found
        run(folder, *trip, environment=environment)
        run(folder, "alembic", "downgrade", "base", environment=environment)

"""The files of a new project that are not code."""

import tomllib
from pathlib import Path

import pytest

from keywright.emit.skeleton import skeleton
from keywright.emit.starting import Start, initialised
from keywright.registry.blueprints import HYBRID_AUTH
from keywright.registry.items import ITEMS
from tests.emit.builders import project, write

SMALL = ITEMS["component/cors"]


def manifest_of(folder: Path) -> str:
    """Return the manifest that starting a project in *folder* writes."""
    start = Start({"package": "shop"}, SMALL)
    return initialised(folder, start, ask=None, writes=False).plan.edits[
        "pyproject.toml"
    ]


def test_a_new_project_runs_its_tests_on_several_cores(tmp_path: Path) -> None:
    asked = tomllib.loads(manifest_of(tmp_path))["dependency-groups"]["test"]
    assert "pytest-xdist>=3.8.0" in asked
    makefile = skeleton(project(tmp_path), SMALL)["Makefile"]
    assert "run pytest -n auto --maxprocesses 4 " in makefile


def test_a_makefile_that_is_there_decides_how_tests_run(tmp_path: Path) -> None:
    assert "xdist" not in manifest_of(write(tmp_path, {"Makefile": "test:\n"}))


@pytest.mark.parametrize(
    ("database", "option"),
    [("postgresql", "max_connections=300"), ("mysql", "--max-connections=300")],
)
def test_the_database_of_a_new_project_admits_its_tests(
    tmp_path: Path, database: str, option: str
) -> None:
    files = skeleton(project(tmp_path, database=database), HYBRID_AUTH)
    assert f'{option}"]' in files["compose.yaml"]
    assert "make test ARGS=-n1" in files["README.md"]


@pytest.mark.parametrize("database", ["sqlite", "mongodb"])
def test_others_need_no_word_about_connections(tmp_path: Path, database: str) -> None:
    found = skeleton(project(tmp_path, database=database), HYBRID_AUTH)["README.md"]
    assert "`make test-all` nothing.\n\n## Change it" in found

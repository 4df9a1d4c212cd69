"""`keywright init`: a new project whole, an existing one only made known."""

import json
import tomllib
from pathlib import Path

import pytest

from tests.cli.conftest import Call, call
from tests.emit.builders import tree, write
from tests.emit.test_detection import SHOP

__all__ = ["call"]

EXPECTED = {
    ".dockerignore",
    ".env",
    ".env.example",
    ".gitignore",
    "Dockerfile",
    "Dockerfile.dev",
    "Makefile",
    "README.md",
    "alembic.ini",
    "compose.yaml",
    "keywright.lock",
    "keywright.toml",
    "pyproject.toml",
}


def test_a_new_project_is_whole(call: Call) -> None:
    done = call("init", "--yes", "--package", "shop", "--database", "postgresql")
    here = Path.cwd()
    files = tree(here)
    assert done.code == 0, done.err
    assert {path for path in files if "/" not in path} == EXPECTED
    assert {"shop/main.py", "migrations/env.py"} <= files.keys()
    assert (here / ".env").stat().st_mode & 0o777 == 0o600
    assert ".env" in (here / ".gitignore").read_text().splitlines()
    assert b"keywright" not in b"".join(
        content.lower()
        for path, content in files.items()
        if not path.startswith("keywright.")
    )
    assert "1. make test" in done.out


@pytest.mark.attack
def test_two_projects_share_no_secret_and_none_is_shown(
    call: Call, tmp_path: Path
) -> None:
    secrets = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        done = call("init", "--yes", "--package", "shop", "--cwd", str(tmp_path / name))
        lines = (tmp_path / name / ".env").read_text().splitlines()
        (secret,) = [line for line in lines if line.startswith("AUTH_SECRET=")]
        assert secret.partition("=")[2] not in done.out + done.err
        secrets.append(secret)
    assert secrets[0] != secrets[1]


def test_files_that_are_there_stay(call: Call, tmp_path: Path) -> None:
    write(tmp_path, {"README.md": "mine\n", ".gitignore": "mine/\n"})
    assert call("init", "--yes", "--package", "shop").code == 0
    assert (tmp_path / "README.md").read_text() == "mine\n"
    assert (tmp_path / ".gitignore").read_text().startswith("mine/\n")


def test_a_project_is_not_started_twice(call: Call, tmp_path: Path) -> None:
    write(tmp_path, {"keywright.toml": 'package = "shop"\n'})
    before = tree(tmp_path)
    done = call("init", "--yes")
    assert done.code == 1
    assert "keywright add" in done.err
    assert tree(tmp_path) == before


def test_of_an_existing_project_only_the_choices_are_written(
    call: Call, tmp_path: Path
) -> None:
    before = tree(write(tmp_path, SHOP))
    done = call("init", "--yes")
    after = tree(tmp_path)
    written = tomllib.loads(after.pop("keywright.toml").decode())
    assert done.code == 0, done.err
    assert after == before
    assert written["package"] == "shop.auth"
    assert (written["database"], written["cache"]) == ("postgresql", "redis")
    assert written["fill"] == {"shared.declarative": "shop.db"}
    assert "shop.db makes sessions of its own" in done.out


def test_a_base_of_another_name_is_refused_clearly(call: Call, tmp_path: Path) -> None:
    write(tmp_path, {**SHOP, "shop/db.py": "Model = declarative_base()\n"})
    done = call("init", "--yes")
    assert done.code == 1
    assert "Model in shop.db" in done.err
    assert not (tmp_path / "keywright.toml").exists()


def test_tables_can_be_kept_apart(call: Call, tmp_path: Path) -> None:
    write(tmp_path, {**SHOP, "shop/db.py": "Model = declarative_base()\n"})
    assert call("init", "--yes", "--base", "none").code == 0
    assert "fill" not in tomllib.loads((tmp_path / "keywright.toml").read_text())


def test_the_tables_join_those_of_an_existing_project(
    call: Call, tmp_path: Path
) -> None:
    write(tmp_path, SHOP)
    assert call("init", "--yes").code == 0
    assert call("add", "schema", "auth/user", "--yes").code == 0
    tables = (tmp_path / "shop/auth/shared/tables.py").read_text()
    assert "from shop.db import Base as ProjectBase" in tables
    assert not (tmp_path / "shop/auth/shared/declarative.py").exists()


def test_a_fill_without_the_name_stops_add(call: Call, tmp_path: Path) -> None:
    write(tmp_path, SHOP)
    assert call("init", "--yes", "--base", "shop.main").code == 0
    done = call("add", "schema", "auth/user", "--yes")
    assert done.code == 1
    assert "shop.main fills a slot but does not define Base" in done.err


def test_steps_are_those_of_the_projects_manager(call: Call, tmp_path: Path) -> None:
    manifest = '[tool.poetry]\nname = "shop"\n'
    write(tmp_path, {**SHOP, "pyproject.toml": manifest})
    assert call("init", "--yes").code == 0
    done = call("add", "component", "cors", "--yes", "--json")
    assert json.loads(done.out)["nextSteps"] == [
        "poetry lock",
        "poetry install",
        "poetry run pytest",
    ]


def test_pip_gets_requirements_files(call: Call, tmp_path: Path) -> None:
    files = {**SHOP, "requirements.txt": "fastapi\n"}
    del files["pyproject.toml"]
    write(tmp_path, files)
    assert call("init", "--yes").code == 0
    done = call("add", "component", "jwt-utils", "--yes")
    assert "joserfc" in (tmp_path / "requirements.txt").read_text()
    assert "pytest" in (tmp_path / "requirements-dev.txt").read_text()
    assert "project" not in tomllib.loads((tmp_path / "pyproject.toml").read_text())
    assert "python -m pip install -r requirements.txt" in done.out


@pytest.mark.parametrize(
    "arguments",
    [
        ("--database", "oracle", "--yes"),
        (),
        ("--blueprint", "x", "--yes"),
    ],
)
def test_wrong_usage_writes_nothing(
    call: Call, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    assert call("init", *arguments).code == 2
    assert tree(tmp_path) == {}

"""The cells of the matrix: projects that own a copy, made once per test run."""

import os
import subprocess
import sys
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import tomlkit
import typer
from typer.testing import CliRunner

from keywright.cli.add import add
from keywright.registry.choices import OPTIONS
from tests.servers import worker

REPOSITORY = Path(__file__).parents[2]
PACKAGE = "shop"
FILES = {"postgresql": "objects", "mongodb": "cloudinary"}
COMMAND = typer.Typer()
COMMAND.command()(add)


@dataclass(frozen=True, slots=True)
class Cell:
    """One combination of choices."""

    layout: str
    database: str
    cache: str
    responses: str

    @property
    def name(self) -> str:
        """Return a name for folders, databases and reports."""
        return f"{self.layout}_{self.database}_{self.cache}_{self.responses}"

    @property
    def is_sql(self) -> bool:
        """Say whether the project has tables, and revisions for them."""
        return self.database != "mongodb"

    @property
    def is_strict(self) -> bool:
        """Say whether the project brings strict rules of its own."""
        return self.cache == "redis"

    @property
    def choices(self) -> Mapping[str, str]:
        """Return what the project chooses, by option."""
        return {
            "package": PACKAGE,
            "layout": self.layout,
            "database": self.database,
            "cache": self.cache,
            "responses": self.responses,
            "mailer": "smtp" if self.database == "postgresql" else "console",
            "files": FILES.get(self.database, "local"),
            "with": "oauth,avatars",
        }


AXES = ("layout", "database", "cache", "responses")
EVERY = [Cell(*values) for values in product(*(OPTIONS[key] for key in AXES))]
CORNERS = [
    Cell("feature", "postgresql", "redis", "envelope"),
    Cell("feature", "mongodb", "none", "problem"),
    Cell("mvc", "sqlite", "none", "problem"),
    Cell("mvc", "mysql", "redis", "envelope"),
]
"""Every value of every axis, so every alternative of every slot."""

CELLS = EVERY if os.environ.get("MATRIX") == "all" else CORNERS
"""What this run looks at: `make matrix` asks for all."""


def added(folder: Path, cell: Cell) -> str:
    """Add the blueprint to *folder* and return what the command printed."""
    options = [f"--{key}={value}" for key, value in cell.choices.items()]
    command = ["blueprint", "hybrid-auth", "--yes", "--cwd", str(folder), *options]
    result = CliRunner().invoke(COMMAND, command)
    assert result.exit_code == 0, result.output
    return result.output


def strict_rules(package: str = PACKAGE) -> str:
    """Return the rules of this repository as a `ruff.toml` for a copy."""
    manifest = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))
    rules = manifest["tool"]["ruff"]["lint"]
    del rules["isort"]
    ours = rules["per-file-ignores"]
    rules["per-file-ignores"] = {
        **{_pattern(path, package): codes for path, codes in ours.items()},
        f"{package}/repositories/**": ["D102"],
        f"{package}/controllers/**": ours["**/{routes,dependencies}.py"],
        "migrations/**": ["INP001"],
    }
    return tomlkit.dumps({"lint": rules})


def _pattern(path: str, package: str) -> str:
    shared = path.replace("src/keywright/shared/", f"{package}/{{shared,core}}/")
    return shared.replace("src/keywright/", f"{package}/")


def run(
    folder: Path, *command: str, environment: Mapping[str, str] | None = None
) -> str:
    """Run *command* of this environment in *folder*; fail with its output."""
    done = subprocess.run(
        program(command),
        cwd=folder,
        env=environment_of(folder, environment or {}),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def environment_of(folder: Path, more: Mapping[str, str]) -> Mapping[str, str]:
    """Return the environment of commands in *folder*, without settings of others."""
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("AUTH_")
    }
    return {**inherited, "PYTHONPATH": str(folder), **more}


def program(command: Sequence[str]) -> Sequence[str]:
    """Return *command* with its program taken from this environment."""
    first, *rest = command
    return [str(Path(sys.executable).parent / first), *rest]


def generated(cell: Cell, base: Path) -> Path:
    """Return the project of *cell* under *base*; the command makes it if need be.

    Test processes share *base*: each makes the project apart, and the first to be done
    moves it into place.
    """
    folder = base / cell.name
    if not folder.exists():
        draft = base / f"{cell.name}.{worker()}"
        draft.mkdir(parents=True)
        if cell.is_strict:
            (draft / "ruff.toml").write_text(strict_rules(), encoding="utf-8")
        added(draft, cell)
        try:
            draft.rename(folder)
        except OSError:
            assert folder.exists()
    return folder

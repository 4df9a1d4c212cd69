"""The cells of the matrix: projects that own a copy, made once per test run."""

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle, product
from pathlib import Path

import tomlkit
import typer
from typer.testing import CliRunner

from keywright.cli.add import add
from keywright.cli.init import init
from keywright.registry.blueprints import BLUEPRINTS
from keywright.registry.choices import OPTIONS
from keywright.registry.items import ITEMS
from tests.emit.builders import write
from tests.emitted.host import HOST, WITHOUT_TABLES
from tests.places import worker

REPOSITORY = Path(__file__).parents[2]
COMMAND = typer.Typer()
COMMAND.command()(add)
INIT = typer.Typer()
INIT.command()(init)
FILES = {"postgresql": "objects", "mongodb": "cloudinary"}
MAILERS = {"postgresql": "smtp", "mongodb": "resend", "mysql": "file"}
STARTS = ("empty", "existing")
"""A folder without anything, or a small application that is there already."""
WITH_CACHE = ("hybrid-auth", "stateful-auth")
ALONE = re.compile(r" --reload --port \d+$")
PRINTED = re.compile(r"(?:alembic upgrade|python -m|uvicorn) .*")


@dataclass(frozen=True, slots=True)
class Cell:
    """One combination of choices."""

    blueprint: str
    layout: str
    database: str
    start: str = "empty"
    cache: str = "none"
    responses: str = "envelope"

    @property
    def name(self) -> str:
        """Return a name for folders, databases and reports."""
        words = (self.blueprint.replace("-", "_"), self.layout, self.database)
        return "_".join((*words, self.start, self.cache, self.responses))

    @property
    def package(self) -> str:
        """Return the package that the code goes into."""
        return "shop.auth" if self.start == "existing" else "shop"

    @property
    def is_sql(self) -> bool:
        """Say whether the project has tables, and revisions for them."""
        return self.database != "mongodb"

    @property
    def is_strict(self) -> bool:
        """Say whether the project brings strict rules of its own."""
        return self.start == "empty" and self.database in {"postgresql", "mysql"}

    @property
    def choices(self) -> Mapping[str, str]:
        """Return what the project chooses, by option."""
        package = {} if self.start == "existing" else {"package": self.package}
        return {
            **package,
            "layout": self.layout,
            "database": self.database,
            "cache": self.cache,
            "responses": self.responses,
            "mailer": MAILERS.get(self.database, "console"),
            "files": FILES.get(self.database, "local"),
            "with": ",".join(ITEMS[f"blueprint/{self.blueprint}"].parts),
        }


AXES = ("blueprint", "layout", "database", "start", "cache", "responses")
VALUES = {
    **OPTIONS,
    "blueprint": [one.name.partition("/")[2] for one in BLUEPRINTS],
    "start": STARTS,
}


def _every() -> Iterator[Cell]:
    """Yield each blueprint, layout and database, in both kinds of folder.

    What remains takes turns, so that each of its values meets each of theirs.
    """
    caches, answers = cycle(("none", "redis", "redis", "none")), cycle(range(5))
    every = product(*(VALUES[key] for key in AXES[:4]))
    for blueprint, layout, database, start in every:
        yield Cell(
            blueprint,
            layout,
            database,
            start,
            cache=next(caches) if blueprint in WITH_CACHE else "none",
            responses="envelope" if next(answers) else "problem",
        )


EVERY = [*_every()]
CORNERS = [
    Cell("hybrid-auth", "feature", "postgresql", "empty", "redis"),
    Cell("hybrid-auth", "mvc", "sqlite", "existing", "none", "problem"),
    Cell("stateless-auth", "feature", "mongodb", "existing"),
    Cell("stateless-auth", "mvc", "mysql"),
    Cell("stateful-auth", "mvc", "mongodb", "empty", "redis"),
    Cell("stateful-auth", "feature", "sqlite", "empty", "none", "problem"),
    Cell("auth-service", "mvc", "postgresql", "existing"),
    Cell("backend-starter", "feature", "mysql", "empty", "none", "problem"),
]
"""Every value of every axis, so every alternative of every slot."""

TESTED_CORNERS = [CORNERS[one] for one in (0, 2, 5, 6, 7)]
"""Each blueprint once and every database: their own tests are most of the time."""

_IS_WHOLE = os.environ.get("MATRIX") == "all"
CELLS = EVERY if _IS_WHOLE else CORNERS
TESTED = EVERY if _IS_WHOLE else TESTED_CORNERS
"""What this run looks at, and whose own tests it runs: `make matrix` asks for all."""
HOW_MUCH = [] if _IS_WHOLE else ["-m", "not long"]
"""Which of their own tests: in CI those that `make test` runs in a copy."""


def added(folder: Path, cell: Cell) -> str:
    """Add the blueprint to the project in *folder*; return what was printed."""
    options = [f"--{key}={value}" for key, value in cell.choices.items()]
    command = ["blueprint", cell.blueprint, "--yes", "--cwd", str(folder)]
    return _said(COMMAND, [*command, *(options if cell.start == "empty" else [])])


def started_with(folder: Path, cell: Cell) -> str:
    """Make the project of *cell* in *folder*; return the commands that run it."""
    options = [f"--{key}={value}" for key, value in cell.choices.items()]
    command = ["--yes", "--cwd", str(folder), *options]
    if cell.start == "existing":
        write(folder, HOST if cell.is_sql else WITHOUT_TABLES)
        _said(INIT, command)
        return added(folder, cell)
    _said(INIT, [f"--blueprint={cell.blueprint}", *command])
    return (folder / "Makefile").read_text("utf-8").partition("\ntest:")[0]


def _said(command: typer.Typer, words: Sequence[str]) -> str:
    result = CliRunner().invoke(command, words)
    assert result.exit_code == 0, result.output
    return result.output


def commands(folder: Path) -> Sequence[str]:
    """Return the commands that bring the store of *folder* up to date and serve it.

    They are those that its owner was told; the port is left to who runs them.
    """
    text = _told(folder).read_text("utf-8")
    return [ALONE.sub("", one.strip()) for one in PRINTED.findall(text)]


def _told(folder: Path) -> Path:
    return folder.parent / f"{folder.name}.told"


def strict_rules(package: str = "shop") -> str:
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
        _told(folder).write_text(started_with(draft, cell), encoding="utf-8")
        try:
            draft.rename(folder)
        except OSError:
            assert folder.exists()
    return folder

"""Questions on a terminal: answered, declined, broken off; and where there is none."""

import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import typer

from keywright.cli.main import app
from keywright.registry.choices import ASKED, OPTIONS
from tests.cli.terminal import (
    BACKSPACE,
    CTRL_C,
    CTRL_D,
    DOWN,
    ENTER,
    SPACE,
    Terminal,
    on_a_terminal,
)
from tests.emit.builders import tree

ADD = ("add", "component", "cors")
CHOICES = {"package": "shop", **{key: values[0] for key, values in OPTIONS.items()}}


@contextmanager
def asked(folder: Path, *arguments: str) -> Iterator[Terminal]:
    """Run a command in *folder* where somebody can answer."""
    environment = {
        name: value for name, value in os.environ.items() if "AUTH_" not in name
    }
    with on_a_terminal(*arguments, folder=folder, environment=environment) as found:
        yield found


def test_init_asks_and_does_what_was_answered(tmp_path: Path) -> None:
    with asked(tmp_path, "init") as terminal:
        terminal.answer("With:", SPACE, ENTER)
        terminal.answer("Package:", BACKSPACE * len(tmp_path.name), "shop", ENTER)
        terminal.answer("Layout:", DOWN, ENTER)
        for question in ("Database:", "Cache:", "Mailer:", "Responses:"):
            terminal.answer(question, ENTER)
        terminal.answer("Write this?", ENTER)
        terminal.expect("1. make test")
        assert terminal.end() == 0, terminal.shown
    assert "Files:" not in terminal.shown
    chosen = tomllib.loads((tmp_path / "keywright.toml").read_text())
    assert (chosen["with"], chosen["layout"]) == (["oauth"], "mvc")
    assert (tmp_path / "shop" / "services" / "oauth.py").is_file()


def test_add_asks_and_does_what_was_answered(tmp_path: Path) -> None:
    with asked(tmp_path, *ADD, "--package=shop", "--database=mongodb") as terminal:
        terminal.answer("Layout:", DOWN, ENTER)
        for question in ("Cache:", "Mailer:", "Responses:", "Files:"):
            terminal.answer(question, ENTER)
        terminal.answer("Write this?", "y", ENTER)
        assert terminal.end() == 0, terminal.shown
    assert "Database:" not in terminal.shown
    assert (tmp_path / "shop" / "core" / "cors.py").is_file()


@pytest.mark.parametrize(
    ("key", "question", "breaks_off"),
    [
        ("package", "Package:", CTRL_C),
        ("package", "Package:", CTRL_D),
        ("layout", "Layout:", CTRL_C),
        (None, "Write this?", CTRL_C),
        (None, "Write this?", CTRL_D),
    ],
)
def test_a_question_that_is_broken_off_leaves_nothing_behind(
    tmp_path: Path, key: str | None, question: str, breaks_off: str
) -> None:
    given = [f"--{one}={value}" for one, value in CHOICES.items() if one != key]
    with asked(tmp_path, *ADD, *given) as terminal:
        erased = BACKSPACE * len(tmp_path.name) if key == "package" else ""
        terminal.answer(question, erased, breaks_off)
        assert terminal.end() == 130, terminal.shown
    assert "Nothing was written." in terminal.shown
    assert "Traceback" not in terminal.shown
    assert tree(tmp_path) == {}


def test_what_is_declined_is_not_written(tmp_path: Path) -> None:
    given = [f"--{one}={value}" for one, value in CHOICES.items()]
    with asked(tmp_path, *ADD, *given) as terminal:
        terminal.answer("Write this?", "n", ENTER)
        assert terminal.end() == 1, terminal.shown
    assert tree(tmp_path) == {}


@pytest.mark.parametrize("command", [("init",), ADD, ("upgrade",)])
def test_where_nobody_can_answer_it_says_what_to_do(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "keywright.cli.main", *command],
        cwd=tmp_path,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr == "Nobody can answer here. Run the command again with --yes.\n"
    assert tree(tmp_path) == {}


@pytest.mark.parametrize("name", ["init", "add"])
def test_every_question_has_an_option(name: str) -> None:
    command = typer.main.get_command(app).commands[name]  # type: ignore[attr-defined]
    options = {one for parameter in command.params for one in parameter.opts}
    assert {f"--{key}" for key in ("package", "with", "yes", *ASKED)} <= options

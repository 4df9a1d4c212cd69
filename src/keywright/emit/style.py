"""Bring copied files into the user's style: import order and format, by ruff.

Remarks that allow what the user's rules do not forbid anyway are removed.
"""

import json
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from keywright.emit.refusals import PlanRefused

_REFUSED: Final = 2
_SECONDS: Final = 60
_FIXES: Final = ("--extend-select=I,RUF100", "--fixable=I,RUF100", "--fix")


def find_ruff() -> Sequence[str] | None:
    """Return the command of ruff, or None.

    It is the one of this environment or of the PATH, else the one that uv fetches.
    """
    beside = Path(sys.executable).parent / "ruff"
    found = str(beside) if beside.is_file() else shutil.which("ruff")
    if found is not None:
        return [found]
    uv = shutil.which("uv")
    if uv is None:
        return None
    command = [uv, "tool", "run", "--quiet", "--python", sys.executable, "ruff"]
    return command if _starts(command) else None


def styled(
    ruff: Sequence[str], files: Mapping[str, str], *, project: Path
) -> Mapping[str, str]:
    """Return *files* with imports sorted and text formatted as *project* wants it.

    Nothing else is changed, whatever the rules of *project* find.

    The work is done in a folder of its own; the project is only asked for its
    configuration. Raise `PlanRefused` if ruff cannot read that.
    """
    python = [path for path in files if path.endswith(".py")]
    with tempfile.TemporaryDirectory(prefix="copied-") as folder:
        copy = Path(folder).resolve()
        for path in python:
            (copy / path).parent.mkdir(parents=True, exist_ok=True)
            (copy / path).write_text(files[path], encoding="utf-8")
        options = _options(project, [copy, copy / "src", project, project / "src"])
        _run([*ruff, "check", *_FIXES, *options, *python], copy)
        _run([*ruff, "format", *options, *python], copy)
        texts = {path: (copy / path).read_text(encoding="utf-8") for path in python}
    return {**files, **texts}


def _options(project: Path, own: Sequence[Path]) -> list[str]:
    sources = json.dumps([str(folder) for folder in own])
    configuration = _configuration(project)
    chosen = [f"--config={configuration}"] if configuration else []
    return ["--quiet", "--no-cache", *chosen, f"--config=src={sources}"]


def _configuration(project: Path) -> Path | None:
    """Return the file that ruff would read for a file in *project*."""
    for folder in (project, *project.parents):
        for name in (".ruff.toml", "ruff.toml"):
            if (folder / name).is_file():
                return folder / name
        if _configures_ruff(folder / "pyproject.toml"):
            return folder / "pyproject.toml"
    return None


def _configures_ruff(path: Path) -> bool:
    try:
        return "ruff" in tomllib.loads(path.read_text(encoding="utf-8"))["tool"]
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _starts(command: Sequence[str]) -> bool:
    try:
        done = subprocess.run(  # noqa: S603 - a fixed program
            [*command, "--version"], capture_output=True, check=False, timeout=_SECONDS
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def _run(command: Sequence[str], folder: Path) -> None:
    done = subprocess.run(  # noqa: S603 - a fixed program on files made here
        command, cwd=folder, capture_output=True, text=True, check=False
    )
    if done.returncode >= _REFUSED:
        raise PlanRefused(f"ruff refused to format: {done.stderr.strip()}")

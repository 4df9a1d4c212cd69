"""Fetch another release: by uv, or by pip where there is no uv.

The release alone is installed, into a folder that is removed at the end, and runs with
what this installation brings besides: nothing else has to be fetched. If it does not
run so, it is installed with requirements of its own.
"""

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from keywright.emit.refusals import ReleaseMissing

_SECONDS: Final = 600
_ENTRY: Final = ("-m", "keywright.cli.main")


@dataclass(frozen=True, slots=True)
class Release:
    """How to run one release: a command, and variables for it."""

    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)


@cache
def fetched(version: str, wheels: str | None, folder: Path | None = None) -> Release:
    """Return the release *version*.

    *wheels* is a folder, or an address, of wheels that are used instead of the index;
    else the index is the one that uv or pip is configured for. The release is put into
    *folder*, or a temporary one. Raise `ReleaseMissing` if it cannot be had.
    """
    made = folder or Path(tempfile.mkdtemp(prefix="release-"))
    if folder is None:
        atexit.register(shutil.rmtree, made, ignore_errors=True)
    source = ["--no-index", "--find-links", wheels] if wheels else []
    wanted = f"keywright=={version}"
    alone = made / "alone"
    _run([*_installer(made), "--no-deps", "--target", str(alone), *source, wanted])
    release = Release([sys.executable, *_ENTRY], {"PYTHONPATH": str(alone)})
    return release if _runs(release) else _with_its_own(made, wanted, source)


def _with_its_own(made: Path, wanted: str, source: Sequence[str]) -> Release:
    """Return the release with requirements of its own, in an environment of its own."""
    folder = made / "environment"
    if (uv := shutil.which("uv")) is not None:
        _run([uv, "venv", "--quiet", "--python", sys.executable, str(folder)])
    else:
        _run([sys.executable, "-m", "venv", str(folder)])
    scripts = "Scripts" if sys.platform == "win32" else "bin"
    python = str(folder / scripts / "python")
    _run([*_installer(made, python), *source, wanted])
    return Release([python, *_ENTRY])


def _installer(made: Path, python: str = sys.executable) -> Sequence[str]:
    """Return the command that installs for *python*."""
    if (uv := shutil.which("uv")) is not None:
        return [uv, "pip", "install", "--quiet", "--python", python]
    if python == sys.executable and find_spec("pip") is None:
        _run([sys.executable, "-m", "venv", str(made / "pip")])
        scripts = "Scripts" if sys.platform == "win32" else "bin"
        python = str(made / "pip" / scripts / "python")
    quiet = ("--quiet", "--disable-pip-version-check", "--no-compile")
    return [python, "-m", "pip", "install", *quiet]


def _runs(release: Release) -> bool:
    done = subprocess.run(  # noqa: S603 - a release of this program
        [*release.command, "view", "component", "cors"],
        env={**os.environ, **release.environment},
        capture_output=True,
        check=False,
        timeout=_SECONDS,
    )
    return done.returncode == 0


def _run(command: Sequence[str]) -> None:
    try:
        done = subprocess.run(  # noqa: S603 - an installer, asked for one release
            command, capture_output=True, text=True, check=False, timeout=_SECONDS
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ReleaseMissing(f"The release could not be fetched: {error}.") from error
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip()[-1000:]
        raise ReleaseMissing(
            "You changed files since they were written, and the release that wrote "
            f"them could not be fetched. Name a folder with its wheel by --wheels, or "
            f"its source by --old-source. {said}"
        )

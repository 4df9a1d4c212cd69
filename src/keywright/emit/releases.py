"""Copies as another release wrote them: that release is run, in a folder of its own.

Nothing of an old release is kept here. It is asked to add the item once more, with the
choices of then, to an empty project that has the style of the real one.
"""

import os
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import tomlkit

from keywright.emit.configuration import CONFIGURATION
from keywright.emit.fetching import Release, fetched
from keywright.emit.lock import LOCK_NAME, Entry, read_lock
from keywright.emit.project import Project
from keywright.emit.refusals import ReleaseMissing

_SECONDS = 600


Releases = Callable[[str], Release]
"""Returns the release of a version."""


def from_folder(folder: Path) -> Releases:
    """Return releases that are all the source in *folder*, which holds the package."""
    here = {"PYTHONPATH": str(folder.resolve())}
    return lambda _: Release([sys.executable, "-m", "keywright.cli.main"], here)


def releases_beside(
    version: str, wheels: str | None = None, folder: Path | None = None
) -> Releases:
    """Return published releases, and this one where the *version* is its own.

    See `keywright.emit.fetching` for *wheels* and *folder*.
    """
    own = Release([sys.executable, "-m", "keywright.cli.main"])

    def release(wanted: str) -> Release:
        return own if wanted == version else fetched(wanted, wheels, folder)

    return release


def regenerated(
    release: Release, item: str, entry: Entry, project: Project
) -> Mapping[str, str]:
    """Return the files of *item* as *release* writes them with the choices of *entry*.

    They are in the style of *project*. Raise `ReleaseMissing` if it cannot be run.
    """
    with tempfile.TemporaryDirectory(prefix="release-") as name:
        folder = Path(name).resolve()
        _prepare(folder, entry, project)
        words = item.split("/", 1)
        command = [*release.command, "add", *words, "--yes", "--cwd", str(folder)]
        _run(command, {**_clean(), **release.environment}, entry.version)
        lock = read_lock((folder / LOCK_NAME).read_text(encoding="utf-8"))
        paths = lock.items[item].files
        return {path: (folder / path).read_text(encoding="utf-8") for path in paths}


def _prepare(folder: Path, entry: Entry, project: Project) -> None:
    document = tomlkit.document()
    document.update(dict(entry.choices))
    if project.fill:
        document["fill"] = dict(project.fill)
    _write(folder, CONFIGURATION, tomlkit.dumps(document))
    if project.code:
        (folder / project.code).mkdir()
    for own in project.fill.values():
        base = "/".join((*([project.code] if project.code else []), *own.split(".")))
        for path in (f"{base}.py", f"{base}/__init__.py"):
            content = project.content(path)
            if content is not None:
                _write(folder, path, content.decode())
    for path in ("ruff.toml", ".ruff.toml"):
        content = project.content(path)
        if content is not None:
            _write(folder, path, content.decode())
    rules = tomllib.loads(project.texts.get("pyproject.toml", ""))
    if "ruff" in rules.get("tool", {}):
        _write(folder, "ruff.toml", tomlkit.dumps(rules["tool"]["ruff"]))


def _write(folder: Path, path: str, text: str) -> None:
    target = folder / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")


def _clean() -> Mapping[str, str]:
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("AUTH_")
    }


def _run(command: Sequence[str], environment: Mapping[str, str], version: str) -> None:
    try:
        done = subprocess.run(  # noqa: S603 - a release of this program
            command,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ReleaseMissing(f"Version {version} could not be run: {error}.") from error
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip()[-1000:]
        raise ReleaseMissing(f"Version {version} could not write its files: {said}")

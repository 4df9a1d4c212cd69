"""An environment that holds what a project asks for, and nothing else.

Installing each project would take minutes. Instead its programs run in this
environment, where everything it did not ask for, the product too, cannot be imported.
"""

import os
import tomllib
from collections.abc import Iterable, Mapping
from importlib.metadata import entry_points, packages_distributions
from pathlib import Path

from keywright.emit.requirements import canonical
from tests.emitted.imports import with_what_comes_along

_HOOK = """
import sys

ABSENT = frozenset({absent!r})


class Absent:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name in ABSENT:
            raise ModuleNotFoundError(f"{{name}} was not asked for", name=name)


sys.meta_path.insert(0, Absent)
"""


def clean_environment(folder: Path) -> Mapping[str, str]:
    """Return the variables with which programs of the project in *folder* run."""
    brought = with_what_comes_along(_asked(folder))
    hook = folder.parent / f"{folder.name}.absent"
    hook.mkdir(exist_ok=True)
    text = _HOOK.format(absent=sorted(_absent(brought)))
    (hook / "sitecustomize.py").write_text(text, encoding="utf-8")
    plugins = entry_points(group="pytest11")
    unasked = [
        one.name
        for one in plugins
        if one.dist is None or canonical(one.dist.name) not in brought
    ]
    return {
        "PYTHONPATH": os.pathsep.join([str(folder), str(hook)]),
        "PYTEST_ADDOPTS": " ".join(f"-p no:{name}" for name in unasked),
    }


def _asked(folder: Path) -> Iterable[str]:
    manifest = tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))
    tests = manifest.get("dependency-groups", {}).get("test", [])
    return [*manifest["project"]["dependencies"], *tests]


def _absent(brought: set[str]) -> set[str]:
    return {
        top
        for top, names in packages_distributions().items()
        if not brought & {canonical(name) for name in names}
    }

"""How a project keeps and installs what it needs: uv, poetry or pip."""

import re
import tomllib
from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from typing import Final

LOCK_FILES: Final = ("uv.lock", "poetry.lock")
REQUIREMENTS: Final = "requirements.txt"
TEST_REQUIREMENTS: Final = "requirements-dev.txt"
_PARTS: Final = re.compile(r"([\w.-]+)\s*(?:\[([^\]]*)\])?\s*([^;]*)(?:;\s*(.*))?")


class Manager(StrEnum):
    """A dependency manager."""

    UV = "uv"
    POETRY = "poetry"
    PIP = "pip"


def manager_of(manifest: str | None, files: Collection[str]) -> Manager:
    """Return the manager of a project with *manifest*, its `pyproject.toml`.

    *files* are names that lie beside it. A project that shows none gets uv.
    """
    data = _data(manifest)
    tools = data.get("tool", {})
    if "uv.lock" in files or "uv" in tools:
        return Manager.UV
    if "poetry.lock" in files or "poetry" in tools:
        return Manager.POETRY
    if manifest is not None and "project" not in data:
        return Manager.PIP
    return Manager.PIP if REQUIREMENTS in files else Manager.UV


def has_project_table(manifest: str | None) -> bool:
    """Say whether *manifest* keeps its requirements as PEP 621 says."""
    project = _data(manifest).get("project")
    if project is None:
        return False
    dynamic = project.get("dynamic")
    return not (isinstance(dynamic, list) and "dependencies" in dynamic)


def running(manager: Manager, command: str) -> str:
    """Return *command* as it is run in the project's environment."""
    match manager:
        case Manager.UV:
            return f"uv run {command}"
        case Manager.POETRY:
            return f"poetry run {command}"
        case Manager.PIP:
            return command


def installing(
    manager: Manager, *, with_tests: bool, from_manifest: bool
) -> Sequence[str]:
    """Return the commands that install what the project asks for.

    With *from_manifest* pip reads `pyproject.toml`, else requirements files.
    """
    match manager:
        case Manager.UV:
            return [f"uv sync{' --all-groups' if with_tests else ''}"]
        case Manager.POETRY:
            return ["poetry lock", "poetry install"]
        case Manager.PIP if from_manifest:
            group = " --group test" if with_tests else ""
            return [f"python -m pip install -e .{group}"]
        case Manager.PIP:
            tests = f" -r {TEST_REQUIREMENTS}" if with_tests else ""
            return [f"python -m pip install -r {REQUIREMENTS}{tests}"]


def for_poetry(requirement: str) -> tuple[str, str | Mapping[str, object]]:
    """Return *requirement* as poetry writes it: its name, and what is asked of it."""
    found = _PARTS.fullmatch(requirement.strip())
    if found is None:
        return requirement, "*"
    name, extras, version, marker = found.groups()
    version = version.strip() or "*"
    if not extras and not marker:
        return name, version
    asked: dict[str, object] = {"version": version}
    if extras:
        asked["extras"] = [extra.strip() for extra in extras.split(",")]
    if marker:
        asked["markers"] = marker.strip()
    return name, asked


def _data(manifest: str | None) -> Mapping[str, dict[str, object]]:
    try:
        return tomllib.loads(manifest or "")
    except tomllib.TOMLDecodeError:
        return {}

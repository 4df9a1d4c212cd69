"""Add what the copied code needs to `pyproject.toml`, keeping all that stands there."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AbstractTable, Array, InlineTable

from keywright.emit.floors import falls_short, raised
from keywright.emit.managers import REQUIREMENTS, TEST_REQUIREMENTS, for_poetry
from keywright.emit.refusals import ProjectUnreadable
from keywright.emit.requirements import canonical, extras, lacking


@dataclass(frozen=True, slots=True)
class Needs:
    """What a project must ask for and how its tests are run.

    *apart* says that requirements stand in files of their own, not in the manifest.
    """

    requirements: Sequence[str]
    test_requirements: Sequence[str]
    markers: Mapping[str, str]
    code: str
    apart: bool = False


def manifest_text(current: str | None, *, package: str, needs: Needs) -> str | None:
    """Return `pyproject.toml` with what *current* lacks of *needs*.

    Without *current* a new one is made for *package*. A requirement that is there
    asks for a later version if it admitted an earlier one than is needed; a test
    option that is there already stays as it is. A project whose requirements stand
    elsewhere only gets its test options here. Raise `ProjectUnreadable` if *current*
    is no TOML.
    """
    try:
        document = tomlkit.parse(current or "")
        if current is None and not needs.apart:
            _start(document, package, needs.code)
        if needs.apart:
            pass
        elif "project" in document:
            _add_requirements(document, needs)
        else:
            _add_to_poetry(document, needs)
        if needs.test_requirements:
            _add_test_options(
                document, needs, is_strict=current is None and not needs.apart
            )
    except TOMLKitError as error:
        raise ProjectUnreadable(f"pyproject.toml cannot be read: {error}") from error
    return tomlkit.dumps(document) or None


def requirements_text(current: str | None, requirements: Sequence[str]) -> str:
    """Return a requirements file: *current* and what it lacks of *requirements*."""
    lines = [line for line in (current or "").splitlines() if line.strip()]
    present = [line for line in lines if not line.startswith(("#", "-"))]
    missing = lacking(present, requirements)
    for line in present:
        current = (current or "").replace(line, _raised(line, requirements))
    if not missing:
        return current or ""
    start = f"{current.rstrip(chr(10))}\n" if current else ""
    return start + "".join(f"{one}\n" for one in missing)


def _start(document: tomlkit.TOMLDocument, package: str, code: str) -> None:
    """Fill a new manifest; what builds the project must not guess its packages."""
    top = package.partition(".")[0]
    document["build-system"] = {
        "requires": ["hatchling"],
        "build-backend": "hatchling.build",
    }
    document["project"] = {
        "name": top.replace("_", "-"),
        "version": "0.1.0",
        "requires-python": ">=3.11",
        "dependencies": tomlkit.array().multiline(multiline=True),
    }
    packages = [f"{code}/{top}" if code else top]
    wheel = {"targets": {"wheel": {"packages": packages}}}
    document["tool"] = {"hatch": {"build": wheel}}


def _add_requirements(document: tomlkit.TOMLDocument, needs: Needs) -> None:
    project = document.get("project")
    if not isinstance(project, AbstractTable) or "dependencies" in project.get(
        "dynamic", ()
    ):
        raise ProjectUnreadable(
            "pyproject.toml says that its dependencies are dynamic. List them in "
            "[project] (PEP 621), then run the command again."
        )
    _extend(_array(project, "dependencies"), needs.requirements)
    if needs.test_requirements:
        groups = _table(document, "dependency-groups")
        _extend(_array(groups, "test"), needs.test_requirements)


def _add_to_poetry(document: tomlkit.TOMLDocument, needs: Needs) -> None:
    poetry = _table(_table(document, "tool", is_super=True), "poetry")
    _extend_table(_table(poetry, "dependencies"), needs.requirements)
    if needs.test_requirements:
        groups = _table(poetry, "group", is_super=True)
        tests = _table(groups, "test", is_super=True)
        _extend_table(_table(tests, "dependencies"), needs.test_requirements)


def _add_test_options(
    document: tomlkit.TOMLDocument, needs: Needs, *, is_strict: bool
) -> None:
    """Add how the tests are run; *is_strict* refuses marks that nobody declared."""
    tool = _table(document, "tool", is_super=True)
    pytest = _table(tool, "pytest", is_super=True)
    options = _table(pytest, "ini_options")
    wanted: Mapping[str, str | list[str]] = {
        "testpaths": ["tests"],
        "pythonpath": [".", needs.code] if needs.code else ["."],
        **({"addopts": ["--strict-markers"]} if is_strict else {}),
        "asyncio_mode": "auto",
        "asyncio_default_fixture_loop_scope": "session",
        "asyncio_default_test_loop_scope": "session",
    }
    for key, value in wanted.items():
        if key not in options:
            options[key] = value
    markers = _array(options, "markers") if needs.markers else []
    known = {str(marker).partition(":")[0].partition("(")[0] for marker in markers}
    _append(
        markers,
        [f"{key}: {text}" for key, text in needs.markers.items() if key not in known],
    )


def _table(
    parent: AbstractTable | tomlkit.TOMLDocument, key: str, *, is_super: bool = False
) -> AbstractTable:
    if key not in parent:
        parent[key] = tomlkit.table(is_super_table=is_super)
    table = parent[key]
    if not isinstance(table, AbstractTable):
        raise ProjectUnreadable(f"pyproject.toml: {key} is no table.")
    return table


def _array(parent: AbstractTable, key: str) -> Array:
    if key not in parent:
        parent[key] = tomlkit.array().multiline(multiline=True)
    array = parent[key]
    if not isinstance(array, Array):
        raise ProjectUnreadable(f"pyproject.toml: {key} is no array.")
    return array


def falling_short(texts: Mapping[str, str], needs: Needs) -> Sequence[str]:
    """Return what the project asks for that admits no version which is needed.

    *texts* are its files by path. Each is a sentence for a person.
    """
    wanted = {
        canonical(one): one for one in (*needs.requirements, *needs.test_requirements)
    }
    return [
        f"{line} is asked for, {wanted[canonical(line)]} is needed: change it by hand"
        for line in _asked(texts)
        if canonical(line) in wanted and falls_short(line, wanted[canonical(line)])
    ]


def _asked(texts: Mapping[str, str]) -> Sequence[str]:
    document = tomlkit.parse(texts.get("pyproject.toml", "")).unwrap()
    project = document.get("project", {}).get("dependencies", [])
    tests = document.get("dependency-groups", {}).get("test", [])
    poetry = document.get("tool", {}).get("poetry", {}).get("dependencies", {})
    lines = [
        line.partition("#")[0].strip()
        for path in (REQUIREMENTS, TEST_REQUIREMENTS)
        for line in texts.get(path, "").splitlines()
    ]
    found = [*project, *tests, *lines]
    found += [f"{name}{asked}" for name, asked in poetry.items()]
    return [one for one in found if isinstance(one, str) and one]


def _raised(requirement: str, wanted: Sequence[str]) -> str:
    same = [one for one in wanted if canonical(one) == canonical(requirement)]
    return raised(requirement, same[0]) if same else requirement


def _extend(array: Array, requirements: Sequence[str]) -> None:
    for at, one in enumerate(array):
        if isinstance(one, str) and (after := _raised(one, requirements)) != one:
            array[at] = after
    _append(
        array, lacking([one for one in array if isinstance(one, str)], requirements)
    )


def _extend_table(table: AbstractTable, requirements: Sequence[str]) -> None:
    present = {canonical(str(name)): str(name) for name in table}
    for requirement in requirements:
        name, asked = for_poetry(requirement)
        known = present.get(canonical(name))
        if known is not None:
            _add_extras(table, known, extras(requirement))
            _raise_version(table, known, requirement)
        elif isinstance(asked, str):
            table[name] = asked
        else:
            table[name] = _inline(asked)


def _add_extras(table: AbstractTable, name: str, wanted: Collection[str]) -> None:
    stated = table[name]
    asked = dict(stated) if isinstance(stated, dict) else {"version": str(stated)}
    missing = set(wanted) - set(asked.get("extras", ()))
    if missing:
        asked["extras"] = sorted({*asked.get("extras", ()), *missing})
        table[name] = _inline(asked)


def _raise_version(table: AbstractTable, name: str, wanted: str) -> None:
    stated = table[name]
    if isinstance(stated, dict) and "version" in stated:
        stated["version"] = raised(str(stated["version"]), wanted)
    elif isinstance(stated, str) and (after := raised(stated, wanted)) != stated:
        table[name] = after


def _inline(asked: Mapping[str, object]) -> InlineTable:
    inline = tomlkit.inline_table()
    inline.update(asked)
    return inline


def _append(array: Array | list[str], additions: Sequence[str]) -> None:
    for addition in additions:
        array.append(addition)

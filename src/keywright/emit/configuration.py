"""`keywright.toml`: what a project chose, and which modules it brings itself."""

import keyword
import re
import sys
import tomllib
from collections.abc import Mapping, Sequence
from typing import Final

import tomlkit

from keywright.emit.refusals import ChoiceRefused, ProjectUnreadable
from keywright.registry.choices import OPTIONS, PARTS, Choices

CONFIGURATION: Final = "keywright.toml"
_NAMES_TAKEN: Final = frozenset({"keywright", "tests", "migrations"})


def read_configuration(
    text: str | None,
) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Return the choices and the fills that `keywright.toml` states.

    Raise `ProjectUnreadable` for anything but texts, a list of parts `with` and one
    table `fill`.
    """
    try:
        data = tomllib.loads(text or "")
    except tomllib.TOMLDecodeError as error:
        raise ProjectUnreadable(f"{CONFIGURATION} is no TOML: {error}.") from error
    fill = data.pop("fill", {})
    parts = data.get("with")
    if isinstance(parts, list) and all(isinstance(one, str) for one in parts):
        data["with"] = ",".join(parts)
    tables = (data, fill) if isinstance(fill, dict) else (data, {"fill": fill})
    for table in tables:
        for key, value in table.items():
            if not isinstance(value, str):
                raise ProjectUnreadable(f"{CONFIGURATION}: {key} must be a text.")
    for key, module in tables[1].items() if tables[1] is fill else ():
        if not _is_name(module):
            raise ProjectUnreadable(
                f"{CONFIGURATION} fills {key!r} with {module!r}, which is no module."
            )
    return data, fill


def choices_from(
    stated: Mapping[str, str], flags: Mapping[str, str], *, package: str
) -> Choices:
    """Return the choices of *stated* and *flags*; *package* is taken if neither has it.

    A file that states anything decides: a flag must agree with it. Raise
    `ChoiceRefused` for one that does not, and for what cannot be chosen.
    """
    decided = _chosen({"package": package, **stated})
    choices = _chosen({"package": package, **stated, **flags})
    said = {"with" if key == "without" else key for key in flags} if stated else ()
    for key in said:
        if choices.value(key) != decided.value(key):
            raise ChoiceRefused(_disagreement(key, decided, choices))
    return choices


def _chosen(chosen: Mapping[str, str]) -> Choices:
    left_out = parts_in(chosen.get("without", ""))
    parts = [one for one in parts_in(chosen.get("with", "")) if one not in left_out]
    others = {key: chosen[key] for key in chosen.keys() - {"with", "without"}}
    _check_values(others)
    return Choices(**others, parts=tuple(parts))


def parts_in(text: str) -> Sequence[str]:
    """Return the parts that *text* names, by commas, in the order of `PARTS`.

    Raise `ChoiceRefused` for one that does not exist.
    """
    named = {one.strip() for one in text.split(",")} - {""}
    for one in sorted(named - PARTS.keys()):
        raise ChoiceRefused(f"There is no part {one}. There are: {', '.join(PARTS)}.")
    return [one for one in PARTS if one in named]


def _disagreement(key: str, decided: Choices, choices: Choices) -> str:
    said = f"{CONFIGURATION} says {key} = {decided.value(key)!r}"
    if key == "with":
        asked = choices.value("with") or "nothing"
        return f"{said}, the command line {asked}. Change it by: keywright upgrade"
    return (
        f"{said}, the command line {choices.value(key)!r}. Leave it out, or change "
        "the file."
    )


def _check_values(chosen: Mapping[str, str]) -> None:
    for key, value in chosen.items():
        if key == "package":
            _check_package(value)
        elif key not in OPTIONS:
            raise ChoiceRefused(
                f"{key} is no choice. There are: package, {', '.join(OPTIONS)}."
            )
        elif value not in OPTIONS[key]:
            raise ChoiceRefused(
                f"{key} cannot be {value!r}. Choose {' or '.join(OPTIONS[key])}."
            )


def _check_package(name: str) -> None:
    if not _is_name(name):
        raise ChoiceRefused(f"package cannot be {name!r}: it is no Python name.")
    parts = name.split(".")
    if parts[0] in sys.stdlib_module_names or parts[0] in _NAMES_TAKEN:
        raise ChoiceRefused(f"package cannot be {name!r}: the name is taken.")


def _is_name(name: str) -> bool:
    return all(
        part.isidentifier() and part.isascii() and not keyword.iskeyword(part)
        for part in name.split(".")
    )


def likely_package(folder: str, manifest: str | None) -> str:
    """Return a package name for a project that states none.

    It follows the name in *manifest*, a `pyproject.toml`, or else the *folder*.
    """
    try:
        name = tomllib.loads(manifest or "")["project"]["name"]
    except (tomllib.TOMLDecodeError, KeyError, TypeError):
        name = folder
    package = re.sub(r"\W+", "_", str(name), flags=re.ASCII).strip("_").lower()
    try:
        _check_package(package)
    except ChoiceRefused:
        return "app"
    return package


def configuration_text(choices: Choices, fill: Mapping[str, str]) -> str:
    """Return the text of a new `keywright.toml`."""
    stated = choices.as_mapping().items()
    lines = [f'{key} = "{value}"\n' for key, value in stated if key != "with"]
    lines.append(f"with = {_listed(choices.parts)}  # of: {', '.join(PARTS)}\n")
    filled = [f'"{module}" = "{own}"\n' for module, own in fill.items()]
    return "".join([*lines, *(["\n[fill]\n", *filled] if filled else [])])


def with_parts(text: str, parts: Sequence[str]) -> str:
    """Return *text*, a `keywright.toml`, with other *parts*; all else stays."""
    document = tomlkit.parse(text)
    array = tomlkit.array(_listed(parts))
    if "with" in document or "fill" not in document:
        document["with"] = array
        return tomlkit.dumps(document)
    return f"with = {array.as_string()}\n{text}"


def _listed(parts: Sequence[str]) -> str:
    return f"[{', '.join(f'{chr(34)}{part}{chr(34)}' for part in parts)}]"

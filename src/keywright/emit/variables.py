"""The variables of a copied item, computed from its `Settings` class."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

from pydantic import AliasChoices, SecretBytes, SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined
from pydantic_settings import BaseSettings

_COVERING_ENV = frozenset({".env", "/.env", ".env*", "*.env", "**/.env"})


@dataclass(frozen=True, slots=True)
class Variable:
    """One line of `.env`.

    *value* is what a new project gets, None where the default does; *fresh* asks for
    a random value; *about* says in one line what it is for.
    """

    name: str
    about: str
    default: str
    value: str | None = None
    fresh: bool = False


def variables_of(
    settings: type[BaseSettings], values: Mapping[str, str], fresh: Collection[str]
) -> Sequence[Variable]:
    """Return the variables that *settings* reads, in its order.

    *values* are those that follow from the project's choices, *fresh* the names of
    the variables that get a random value.
    """
    prefix = settings.model_config.get("env_prefix", "")
    found = []
    for field_name, field in settings.model_fields.items():
        name = _name(prefix, field_name, field)
        found.append(
            Variable(
                name,
                about=" ".join((field.description or "").split()),
                default=_default(field),
                value=values.get(name),
                fresh=name in fresh,
            )
        )
    return found


def names_from(
    settings: type[BaseSettings], modules: Collection[str]
) -> Collection[str]:
    """Return the variables that *settings* has of classes in *modules*."""
    prefix = settings.model_config.get("env_prefix", "")
    return {
        _name(prefix, field, settings.model_fields[field])
        for base in settings.__mro__
        if base.__module__ in modules
        for field in vars(base).get("__annotations__", {})
        if field in settings.model_fields
    }


def _name(prefix: str, field_name: str, field: FieldInfo) -> str:
    match field.validation_alias:
        case str(alias):
            return alias.upper()
        case AliasChoices(choices=[str(alias), *_]):
            return alias.upper()
        case _:
            return f"{prefix}{field_name}".upper()


def _default(field: FieldInfo) -> str:
    """Return the default as it would be written in `.env`; secrets have none."""
    match field.default:
        case None | SecretStr() | SecretBytes():
            text = ""
        case Enum(value=value):
            text = str(value)
        case list() | tuple() as several:
            text = ",".join(str(one) for one in several)
        case bool(value):
            text = str(value).lower()
        case timedelta() as duration:
            text = _duration(duration)
        case value:
            text = "" if value is PydanticUndefined else str(value)
    return text


def _duration(duration: timedelta) -> str:
    seconds = int(duration.total_seconds())
    units = (("d", 86_400), ("h", 3600), ("m", 60))
    fitting = (pair for pair in units if seconds and seconds % pair[1] == 0)
    unit, length = next(fitting, ("s", 1))
    return f"{seconds // length}{unit}"


def example_text(current: str | None, variables: Sequence[Variable]) -> str:
    """Return `.env.example`: *current* and every variable that it lacks.

    Random values are left empty; what has a default is shown as a comment.
    """
    blocks = []
    for variable in variables:
        if _has(current or "", variable.name, commented=True):
            continue
        needed = variable.fresh or variable.value is not None
        value = "" if variable.fresh else variable.value or variable.default
        line = f"{'' if needed else '# '}{variable.name}={value}"
        about = f"# {variable.about}\n" if variable.about else ""
        blocks.append(f"{about}{line}\n")
    return _appended(current, "".join(blocks))


def env_text(
    current: str | None, variables: Sequence[Variable], random: Callable[[], str]
) -> str:
    """Return `.env`: *current* and what it lacks of the values a project must have.

    *random* returns a new secret at each call.
    """
    lines = [
        f"{variable.name}={random() if variable.fresh else variable.value}\n"
        for variable in variables
        if (variable.fresh or variable.value is not None)
        and not _has(current or "", variable.name, commented=False)
    ]
    return _appended(current, "".join(lines))


def ignoring_text(current: str | None, patterns: Sequence[str]) -> str:
    """Return `.gitignore`: *current*, `.env` and *patterns* where it lacks them."""
    lines = {line.strip() for line in (current or "").splitlines()}
    env = [] if lines & _COVERING_ENV else [".env"]
    missing = [*env, *(pattern for pattern in patterns if pattern not in lines)]
    return _appended(current, "".join(f"{pattern}\n" for pattern in missing))


def _has(text: str, name: str, *, commented: bool) -> bool:
    start = r"^\s*(?:#\s*)?" if commented else r"^\s*"
    return (
        re.search(rf"{start}(?:export\s+)?{name}\s*=", text, re.MULTILINE) is not None
    )


def _appended(current: str | None, addition: str) -> str:
    if not current or not addition:
        return (current or "") + addition
    return f"{current.rstrip(chr(10))}\n\n{addition}"

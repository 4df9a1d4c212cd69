"""Settings from the environment: read once, refused whole.

A bad environment stops the start with everything that is wrong at once: a line per
variable with what is expected, and never a value.
"""

import os
import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, ClassVar, Self, TypeVar

from dotenv import dotenv_values
from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from keywright.shared.secrets import random_bytes, to_text

PREFIX = "AUTH_"
MIN_SECRET = 32
STRONG = "32 random bytes or more; not an example"
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_DURATION = re.compile(r"(\d{1,6})([smhd])")
EXAMPLES = ("change", "example", "secret", "password", "default", "insecure")


class SettingsInvalid(Exception):
    """The environment is not good enough to start with; the text lists why."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        """Take what is expected of each variable that is wrong."""
        self.problems = dict(problems)
        lines = [f"  {name}: {expected}" for name, expected in problems.items()]
        super().__init__(
            "The settings are not usable:\n"
            + "\n".join(lines)
            + "\nSet them in the environment or in .env; NAME_FILE may name a file that"
            " holds the secret NAME."
        )


class Wrong(PydanticCustomError):
    """A value that is refused; the message says what is expected instead."""

    def __new__(cls, expected: str) -> Self:
        """Say what is *expected*."""
        return super().__new__(cls, "wrong", expected.replace("{", "").replace("}", ""))


def to_duration(value: object) -> object:
    """Return "15m", "7d", "90s" or "12h" as a timedelta; other values as they are."""
    if not isinstance(value, str):
        return value
    match = _DURATION.fullmatch(value.strip())
    if match is None:
        raise Wrong("a duration such as 90s, 15m, 12h or 7d")
    return timedelta(seconds=int(match[1]) * _UNITS[match[2]])


def to_list(value: object) -> object:
    """Return a comma-separated string as a list without empty parts."""
    if not isinstance(value, str):
        return value
    return [part.strip() for part in value.split(",") if part.strip()]


def is_weak(secret: str) -> bool:
    """Say whether *secret* is short, an example, or of too few different characters."""
    lowered = secret.lower()
    return (
        len(secret.encode()) < MIN_SECRET
        or any(word in lowered for word in EXAMPLES)
        or len(set(secret)) < MIN_SECRET // 4
    )


def _all_strong(secrets: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
    if any(is_weak(secret.get_secret_value()) for secret in secrets):
        raise Wrong(STRONG)
    return secrets


Duration = Annotated[timedelta, BeforeValidator(to_duration)]
"""A length of time, written 90s, 15m, 12h or 7d."""

TextList = Annotated[tuple[str, ...], NoDecode, BeforeValidator(to_list)]
"""Several values, separated by commas."""

OptionalSecrets = Annotated[
    tuple[SecretStr, ...],
    NoDecode,
    BeforeValidator(to_list),
    AfterValidator(_all_strong),
]

Secrets = Annotated[
    tuple[SecretStr, ...],
    NoDecode,
    BeforeValidator(to_list),
    Field(min_length=1),
    AfterValidator(_all_strong),
]
"""Several secrets, newest first, separated by commas."""


class EnvironmentSettings(BaseSettings):
    """Base of a blueprint's settings: prefix AUTH_, then `.env`, and `*_FILE`.

    A setting's own docstring is its line in `.env.example`. *own_names* maps fields to
    the variables a contract names them by, read where the other is not set.
    """

    own_names: ClassVar[Mapping[str, str]] = {}
    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=".env",
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
        validate_default=False,
        use_attribute_docstrings=True,
    )

    @classmethod
    def env_files(cls) -> tuple[str, ...]:
        """Return the files that are read after the environment."""
        return (".env",)

    def problems(self) -> dict[str, str]:
        """Return what is wrong with the settings taken together, by variable."""
        return {}

    @model_validator(mode="after")
    def _refuse_problems(self) -> Self:
        problems = self.problems()
        if problems:
            raise SettingsInvalid(problems)
        return self


def grouped(
    prefix: str, members: Sequence[str], environment: Mapping[str, str] | None = None
) -> dict[str, dict[str, str]]:
    """Return the variables `<prefix><NAME>_<MEMBER>` by name, then by member.

    Without *environment* those of the process, then of `.env`; a variable with `_FILE`
    behind it names a file that holds the value. Raise `SettingsInvalid` for one that
    cannot be read.
    """
    if environment is None:
        environment = {**_dotenv(), **os.environ}
    found: dict[str, dict[str, str]] = {}
    endings = {f"_{member.upper()}": member for member in members}
    for variable, value in environment.items():
        bare = variable.removesuffix("_FILE")
        rest = bare.removeprefix(prefix)
        ending = next((one for one in endings if rest.endswith(one)), None)
        if rest in {bare, ending} or ending is None or not value:
            continue
        name = rest.removesuffix(ending)
        content = value if bare == variable else _read(Path(value))
        if content is None:
            raise SettingsInvalid({variable: "the path of a text file"})
        found.setdefault(name, {})[endings[ending]] = content
    return found


def _dotenv() -> dict[str, str]:
    return {name: value for name, value in dotenv_values(".env").items() if value}


S = TypeVar("S", bound=EnvironmentSettings)


def load(kind: type[S], **given: object) -> S:
    """Return the settings of *kind*, or raise `SettingsInvalid` with all problems.

    *given* wins over the environment; `NAME_FILE` names a file that holds NAME.
    """
    read = {
        variable: _read(Path(path))
        for name in kind.model_fields
        for variable in variables(kind, name)
        if (path := os.environ.get(f"{variable}_FILE"))
    }
    problems = {
        f"{variable}_FILE": "the path of a text file that can be read"
        for variable, content in read.items()
        if content is None
    }
    text = {**_written(kind), **_set(os.environ), **_set(read)}
    found = {
        name: next((text[one] for one in variables(kind, name) if one in text), None)
        for name in kind.model_fields
    }
    values: dict[str, Any] = {"_env_file": kind.env_files(), **_set(found), **given}
    try:
        settings = kind(**values)
    except SettingsInvalid as invalid:
        raise _by_variable(kind, {**problems, **invalid.problems}) from None
    except ValidationError as error:
        further = _further_problems(kind, values, error)
        wrong = {**problems, **further, **_problems(error)}
        raise _by_variable(kind, wrong) from None
    if problems:
        raise SettingsInvalid(problems)
    return settings


def known(kind: type[EnvironmentSettings], name: str) -> str | None:
    """Return what is set for *name*, or None; an unreadable file counts as nothing."""
    text = {**_written(kind), **_set(os.environ)}
    for variable in variables(kind, name):
        path = os.environ.get(f"{variable}_FILE")
        if value := _read(Path(path)) if path else text.get(variable):
            return value
    return None


def variables(kind: type[EnvironmentSettings], name: str) -> tuple[str, ...]:
    """Return the variables that may set *name*; the first that is set wins."""
    own = kind.own_names.get(name)
    prefixed = f"{PREFIX}{name.upper()}"
    return (prefixed, own) if own else (prefixed,)


def _written(kind: type[EnvironmentSettings]) -> dict[str, str]:
    written: dict[str, str] = {}
    for file in kind.env_files():
        written.update(_set(dotenv_values(file)))
    return written


def _set(variables: Mapping[str, str | None]) -> dict[str, str]:
    return {name: text for name, text in variables.items() if text}


def _read(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return None


def _by_variable(
    kind: type[EnvironmentSettings], problems: Mapping[str, str]
) -> SettingsInvalid:
    own = {f"{PREFIX}{name.upper()}": text for name, text in kind.own_names.items()}
    return SettingsInvalid({own.get(one, one): text for one, text in problems.items()})


def _further_problems(
    kind: type[S], values: dict[str, Any], error: ValidationError
) -> dict[str, str]:
    """Return what would be wrong if the values in *error* were good."""
    wrong = {str(detail["loc"][0]) for detail in error.errors() if detail["loc"]}
    fields = kind.model_fields
    good = {name: _stand_in(fields[name]) for name in wrong & fields.keys()}
    try:
        kind(**{**values, **good})
    except SettingsInvalid as invalid:
        return {
            name: expected
            for name, expected in invalid.problems.items()
            if name.removeprefix(PREFIX).lower() not in wrong
        }
    except ValidationError:
        return {}
    return {}


def _stand_in(field: FieldInfo) -> object:
    if not field.is_required():
        return field.get_default(call_default_factory=True, validated_data={})
    secret = SecretStr(to_text(random_bytes(MIN_SECRET)))
    return (secret,) if field.annotation is not SecretStr else secret


def _problems(error: ValidationError) -> dict[str, str]:
    problems: dict[str, str] = {}
    for detail in error.errors(include_url=False, include_input=False):
        place = str(detail["loc"][0]) if detail["loc"] else "settings"
        expected = "must be set" if detail["type"] == "missing" else detail["msg"]
        name = place if place.startswith(PREFIX) else f"{PREFIX}{place.upper()}"
        problems[name] = expected.removeprefix("Value error, ")
    return problems

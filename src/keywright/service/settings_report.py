"""What is set, for operators: every variable, and the value unless it is secret."""

from dataclasses import dataclass
from datetime import timedelta

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from keywright.blueprints.foundation.settings import AuthSettings
from keywright.service.settings import chosen_blueprint
from keywright.shared.redaction import redacted_text
from keywright.shared.settings import EnvironmentSettings, known, variables

_UNITS = {86_400: "d", 3600: "h", 60: "m"}


@dataclass(frozen=True, slots=True)
class Setting:
    """A variable; *value* is what is in force, None if it is secret or unknown."""

    name: str
    is_set: bool
    is_secret: bool
    value: str | None


def report(settings: AuthSettings | None) -> list[Setting]:
    """Return every setting; without *settings*, which are wrong, no values."""
    kind = chosen_blueprint().settings if settings is None else type(settings)
    is_set = known(EnvironmentSettings, "blueprint") is not None
    named = None if settings is None else settings.blueprint
    return [
        Setting("AUTH_BLUEPRINT", is_set=is_set, is_secret=False, value=named),
        *(
            _setting(kind, name, field, settings)
            for name, field in kind.model_fields.items()
        ),
    ]


def _setting(
    kind: type[AuthSettings],
    name: str,
    field: FieldInfo,
    settings: AuthSettings | None,
) -> Setting:
    is_secret = "Secret" in repr(field.annotation)
    value = None
    if settings is not None and not is_secret:
        value = _text(getattr(settings, name))
    return Setting(
        name=variables(kind, name)[-1],
        is_set=known(kind, name) is not None,
        is_secret=is_secret,
        value=value,
    )


def _text(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "on" if value else "off"
        case timedelta():
            return _duration(value)
        case tuple() | list():
            return ",".join(_text(one) for one in value)
        case SecretStr():
            return "[masked]"
        case _:
            return redacted_text(str(value))


def _duration(value: timedelta) -> str:
    seconds = int(value.total_seconds())
    for size, unit in _UNITS.items():
        if seconds and seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"

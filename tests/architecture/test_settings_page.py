"""The page about settings names every one of them, and no other, with its default."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr
from pydantic.fields import FieldInfo

from keywright import Settings
from keywright.shared.settings import to_duration

PAGE = Path("docs/settings.md")
ROW = re.compile(r"^\| `AUTH_(\w+)` \| (.*?) \| .* \|$", re.MULTILINE)


def test_the_page_names_exactly_the_settings_there_are() -> None:
    named = {name.lower() for name, _ in ROW.findall(PAGE.read_text("utf-8"))}
    assert named == set(Settings.model_fields)


@pytest.mark.asvs("V7.1.1")
@pytest.mark.asvs("V7.1.2")
def test_the_page_tells_the_defaults_that_hold() -> None:
    told = {name.lower(): text for name, text in ROW.findall(PAGE.read_text("utf-8"))}
    wrong = [
        name
        for name, field in Settings.model_fields.items()
        if not _agrees(field, told[name].replace("`", ""))
    ]
    assert wrong == []


def _agrees(field: FieldInfo, told: str) -> bool:
    default = field.get_default()
    is_computed = field.default_factory is not None
    if is_computed or field.is_required() or default in (None, "", ()):
        return True
    if isinstance(default, timedelta):
        return to_duration(told) == default
    if isinstance(default, bool):
        return told == str(default).lower()
    if isinstance(default, SecretStr):
        return told == default.get_secret_value()
    return told == str(default)

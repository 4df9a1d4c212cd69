"""Bodies: camelCase on the wire, strict types, unknown members refused."""

import re
import unicodedata
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints
from pydantic.alias_generators import to_camel

LONGEST_NAME = 200
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class RequestBody(BaseModel):
    """What a client sends: "1" is no number, and nobody adds members."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        extra="forbid",
        strict=True,
        frozen=True,
        hide_input_in_errors=True,
        validate_by_name=False,
    )


class View(BaseModel):
    """What a client is shown: exactly these members."""

    model_config = ConfigDict(
        alias_generator=to_camel, frozen=True, validate_by_name=True
    )


def _plain(text: str) -> str:
    if _CONTROLS.search(text):
        message = "must not contain control characters"
        raise ValueError(message)
    return unicode_text(text)


def unicode_text(text: str) -> str:
    """Return *text*, or raise ValueError if it holds half of a surrogate pair."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        message = "must be valid Unicode"
        raise ValueError(message) from None
    return text


def _single_line(text: str) -> str:
    stripped = unicodedata.normalize("NFC", _plain(text)).strip()
    if not stripped:
        message = "must not be empty"
        raise ValueError(message)
    return stripped


PlainText = Annotated[str, AfterValidator(_plain)]
"""Text without control characters or lone surrogates."""

PersonName = Annotated[
    str, StringConstraints(max_length=LONGEST_NAME), AfterValidator(_single_line)
]
"""One line in NFC, without space around it.

The length is bounded before normalising, which takes time by its square.
"""

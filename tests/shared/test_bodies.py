"""Bodies: camelCase on the wire, strict types, unknown members refused."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field, ValidationError

from keywright.shared.bodies import PersonName, PlainText, RequestBody, View


class Body(RequestBody):
    """A body with one member of each kind."""

    full_name: PersonName
    free_text: PlainText = ""
    how_many: int = Field(default=0, ge=0)
    is_fine: bool = False


class Shown(View):
    """A view."""

    full_name: str
    how_many: int


def refused(**members: object) -> list[str]:
    """Read a body that is refused and return the places of what is wrong."""
    with pytest.raises(ValidationError) as error:
        Body.model_validate({"fullName": "Ada", **members})
    return [str(detail["loc"][0]) for detail in error.value.errors()]


def test_members_are_camel_case_on_the_wire() -> None:
    body = Body.model_validate({"fullName": "Ada", "howMany": 3, "isFine": True})

    assert (body.full_name, body.how_many, body.is_fine) == ("Ada", 3, True)


@pytest.mark.attack("I1")
@pytest.mark.parametrize(
    "name", ["role", "isAdmin", "id", "userId", "full_name", "createdAt", "__proto__"]
)
def test_unknown_members_are_refused(name: str) -> None:
    assert refused(**{name: "x"}) == [name]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("howMany", "3"),
        ("howMany", 3.0),
        ("howMany", True),
        ("isFine", "true"),
        ("isFine", 1),
        ("fullName", 7),
        ("fullName", None),
        ("fullName", ["Ada"]),
        ("freeText", {"$gt": ""}),
    ],
)
def test_types_are_not_guessed(name: str, value: object) -> None:
    assert refused(**{name: value}) == [name]


@pytest.mark.attack("L6")
def test_what_was_sent_is_not_repeated() -> None:
    with pytest.raises(ValidationError) as error:
        Body.model_validate({"fullName": "Ada", "howMany": "s3cr3t"})

    assert "s3cr3t" not in str(error.value)


@pytest.mark.attack("L5")
@pytest.mark.parametrize(
    "sign", ["\x00", "\t", "\r\n", "\x1b", "\x7f", "\x85", "\u2028", "\u2029"]
)
@pytest.mark.parametrize("name", ["fullName", "freeText"])
def test_control_characters_are_refused(name: str, sign: str) -> None:
    assert refused(**{name: f"a{sign}b"}) == [name]


@pytest.mark.attack("G4")
@pytest.mark.parametrize("half", ["\ud800", "a\udc00b"])
@pytest.mark.parametrize("name", ["fullName", "freeText"])
def test_half_of_a_surrogate_pair_is_refused(name: str, half: str) -> None:
    assert refused(**{name: half}) == [name]


def test_a_name_is_one_composed_line_without_space_around_it() -> None:
    body = Body.model_validate({"fullName": "  Rene\u0301 Descartes \u3000"})

    assert body.full_name == "Ren\u00e9 Descartes"


@pytest.mark.parametrize("name", ["", "   ", "\u3000"])
def test_a_name_is_not_empty(name: str) -> None:
    assert refused(fullName=name) == ["fullName"]


def test_a_name_is_bounded_before_anything_is_done_with_it() -> None:
    assert refused(fullName="\u0301" * 50_000) == ["fullName"]


@given(st.text())
def test_any_text_is_taken_as_it_is_or_refused(text: str) -> None:
    try:
        body = Body.model_validate({"fullName": "Ada", "freeText": text})
    except ValidationError:
        return
    assert body.free_text == text


def test_a_body_cannot_be_changed() -> None:
    body: Any = Body.model_validate({"fullName": "Ada"})

    with pytest.raises(ValidationError):
        body.full_name = "Eve"


def test_a_view_is_written_in_camel_case() -> None:
    view = Shown(full_name="Ada", how_many=3)

    assert json.loads(view.model_dump_json(by_alias=True)) == {
        "fullName": "Ada",
        "howMany": 3,
    }

"""Which passwords are taken."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keywright.features.passwords.policy import (
    LONGEST,
    SHORTEST,
    all_kinds,
    length_rule,
    no_context,
    no_controls,
    normalise,
    not_common,
    problems,
)

WORDS = ("Ada Lovelace", "ada@example.com", "ada", "", "Example")


@pytest.mark.parametrize(
    ("length", "is_good"),
    [(0, False), (7, False), (8, True), (15, True), (256, True), (257, False)],
)
def test_eight_to_256_characters_are_taken(length: int, is_good: bool) -> None:
    assert (length_rule()("x" * length, ()) is None) is is_good


def test_a_setting_raises_the_shortest_length() -> None:
    rule = length_rule(15)

    assert rule("x" * 14, ()) == "must have 15 to 256 characters"
    assert rule("x" * 15, ()) is None


def test_characters_are_counted_not_bytes() -> None:
    assert length_rule()("\N{GRINNING FACE}" * LONGEST, ()) is None
    assert length_rule()("\N{GRINNING FACE}" * (SHORTEST - 1), ()) is not None


@pytest.mark.parametrize(
    "sign", ["\x00", "\x07", "\t", "\r", "\n", "\x1f", "\x7f", "\x80", "\x85", "\x9f"]
)
def test_control_characters_are_refused(sign: str) -> None:
    assert no_controls(f"before{sign}after", ()) is not None


@pytest.mark.parametrize(
    "password",
    ["correct horse battery", "αβγδεζηθ", "        ", "пароль пароль", "12-34;56|78"],
)
def test_any_kind_of_character_will_do(password: str) -> None:
    rules = (length_rule(), no_controls, not_common({"password1"}), no_context)

    assert problems(password, rules=rules, context=WORDS) == []


@pytest.mark.parametrize("password", ["password1", "PASSWORD1", "PassWord1"])
def test_a_breached_password_is_refused_in_any_case(password: str) -> None:
    rule = not_common({"password1"})

    assert rule(password, ()) == "is one of the most common passwords"
    assert rule(f"{password}!", ()) is None


@pytest.mark.parametrize(
    "password",
    [
        "Ada Lovelace",
        "ada lovelace1815",
        "!!ADA LOVELACE!!",
        "ada@example.com",
        "ada19851210",
        "example2026!",
        "__Example__",
    ],
)
def test_a_word_of_the_context_is_refused(password: str) -> None:
    assert no_context(password, WORDS) is not None


@pytest.mark.parametrize("password", ["lovelace of ada", "exampled", "2026!!!!", ""])
def test_a_password_that_only_contains_a_word_is_taken(password: str) -> None:
    assert no_context(password, WORDS) is None


@pytest.mark.parametrize("password", ["Aa1!", "Éé٣ ", "Zz9\N{GRINNING FACE}"])
def test_a_password_of_all_kinds_of_characters_passes_the_rule(password: str) -> None:
    assert all_kinds(password, ()) is None


@pytest.mark.parametrize(
    ("password", "missing"),
    [
        ("aa1!", "an upper-case letter"),
        ("AA1!", "a lower-case letter"),
        ("Aaa!", "a digit"),
        ("Aa11", "a sign that is neither letter nor digit"),
        ("aaaa", "an upper-case letter, a digit, a sign that is neither letter nor"),
    ],
)
def test_the_kinds_of_characters_that_are_missing_are_told(
    password: str, missing: str
) -> None:
    told = all_kinds(password, ())

    assert told is not None
    assert told.startswith(f"must contain {missing}")


def test_all_that_is_wrong_is_told_at_once() -> None:
    rules = (length_rule(), no_controls, no_context)

    assert problems("ada\n1", rules=rules, context=("ada",)) == [
        "must have 8 to 256 characters",
        "must not contain control characters",
        "must not be your name, your address or the name of this service",
    ]


@pytest.mark.attack("G3")
def test_composed_and_decomposed_letters_are_one() -> None:
    assert normalise("cafe\u0301") == normalise("caf\u00e9")


@pytest.mark.attack("G3")
@pytest.mark.parametrize(
    ("one", "other"),
    [("\ufb01le", "file"), ("Password", "password"), (" word", "word"), ("ß", "ss")],
)
def test_nothing_else_is_folded(one: str, other: str) -> None:
    assert normalise(one) != normalise(other)


@given(st.text())
def test_normalising_is_nfc_and_nothing_else(password: str) -> None:
    assert normalise(password) == unicodedata.normalize("NFC", password)
    assert normalise(normalise(password)) == normalise(password)

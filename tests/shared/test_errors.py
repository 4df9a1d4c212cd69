"""Refusals: one class each, with a code that stays the same for ever."""

import importlib
import re
from collections import Counter
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path

import pytest

import keywright
from keywright.features.oauth.errors import ProviderUnknown
from keywright.shared.errors import AuthError, NotSignedIn, StoreUnavailable

FOLDER = Path(keywright.__file__).parent
MODULES = [
    ".".join(("keywright", *path.relative_to(FOLDER).with_suffix("").parts))
    for path in [
        FOLDER / "shared" / "errors.py",
        *sorted((FOLDER / "features").glob("*/errors.py")),
    ]
]
BANNED = ("please", "sorry", "oops", "!", "unfortunately", "user not found", "exist")


def refusals() -> list[type[AuthError]]:
    """Return every refusal that has a code of its own."""
    return [
        found
        for module in map(importlib.import_module, MODULES)
        for found in vars(module).values()
        if isinstance(found, type)
        and issubclass(found, AuthError)
        and found.__module__ == module.__name__
        and "code" in vars(found)
        and found is not AuthError
    ]


REFUSALS = refusals()


def test_there_are_refusals_to_look_at() -> None:
    assert len(REFUSALS) > 25


@pytest.mark.parametrize("refusal", REFUSALS)
def test_a_code_is_snake_case_and_a_class_has_its_own(
    refusal: type[AuthError],
) -> None:
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", refusal.code)
    assert {"code", "status", "title"} <= set(vars(refusal))


def test_no_code_stands_for_two_refusals() -> None:
    counted = Counter(refusal.code for refusal in REFUSALS)

    assert [code for code, times in counted.items() if times > 1] == []


@pytest.mark.parametrize("refusal", REFUSALS)
def test_a_title_says_plainly_what_happened(refusal: type[AuthError]) -> None:
    title = refusal.title

    assert title[0].isupper()
    assert title.endswith(".")
    assert len(re.findall(r"[.?](?:\s|$)", title)) <= 2
    assert len(title) <= 100
    assert not [word for word in BANNED if word in title.lower()]


@pytest.mark.parametrize("refusal", REFUSALS)
def test_a_status_is_one_of_an_error(refusal: type[AuthError]) -> None:
    assert 400 <= HTTPStatus(refusal.status) < 500 or refusal.status in {500, 502, 503}


def test_codes_of_no_user_and_of_a_wrong_password_are_one() -> None:
    words = ("no_user", "unknown", "not_registered", "lockout", "no_account")

    assert [
        one.code
        for one in REFUSALS
        if one is not ProviderUnknown and any(word in one.code for word in words)
    ] == []


def test_a_refusal_carries_what_the_client_needs_to_go_on() -> None:
    error = NotSignedIn(
        retry_after=timedelta(seconds=3), errors={"name": ["x"]}, data={"a": 1}
    )

    assert str(error) == "not_signed_in"
    assert error.retry_after == timedelta(seconds=3)
    assert error.errors == {"name": ["x"]}
    assert error.data == {"a": 1}


def test_a_plain_refusal_carries_nothing() -> None:
    error = NotSignedIn()

    assert (error.retry_after, error.errors, error.data) == (None, None, None)


def test_a_store_that_is_away_may_be_asked_again_soon() -> None:
    assert StoreUnavailable().retry_after == timedelta(seconds=2)

"""What is published of ended sessions."""

import json
from datetime import timedelta

import pytest

from keywright.features.ended_sessions.policy import (
    document,
    is_unchanged,
    kept_for,
)
from keywright.shared.jwt import LEEWAY
from tests.instants import MINUTE

TAG = '"abc"'


def test_an_end_is_published_longer_than_any_token_is_taken() -> None:
    assert kept_for(15 * MINUTE) > 15 * MINUTE + LEEWAY


def test_the_document_names_sessions_and_for_how_long() -> None:
    written = json.loads(document(["b", "a"], {"u": 2}, period=timedelta(minutes=16)))

    assert written == {
        "keptFor": 960,
        "sessions": ["a", "b"],
        "users": {"u": 2},
    }


def test_the_order_in_which_a_store_answers_changes_nothing() -> None:
    one = document(["b", "a"], {"v": 1, "u": 2}, period=MINUTE)
    other = document(["a", "b"], {"u": 2, "v": 1}, period=MINUTE)

    assert one == other


@pytest.mark.parametrize(
    "sent", [TAG, f"W/{TAG}", f'"x", {TAG}', f'"x",W/{TAG}', "*", " * "]
)
def test_who_has_the_document_is_told_nothing_new(sent: str) -> None:
    assert is_unchanged(sent, TAG)


@pytest.mark.parametrize("sent", [None, "", "abc", '"abcd"', '*, "x"', "W/abc"])
def test_who_has_another_one_gets_it(sent: str | None) -> None:
    assert not is_unchanged(sent, TAG)

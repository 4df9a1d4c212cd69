"""When a letter that could not be sent is tried again."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keywright.features.outbox.policy import (
    FIRST_PAUSE,
    LONGEST_PAUSE,
    as_text,
    from_text,
    is_late,
    pause_after,
)
from keywright.features.outbox.types import LetterStatus
from tests.features.outbox.builders import letter
from tests.instants import MILLISECOND, NOW

JITTERS = st.floats(0, 1, exclude_max=True)


@pytest.mark.parametrize(
    ("attempts", "seconds"), [(1, 5), (2, 10), (3, 20), (6, 160), (7, 300), (500, 300)]
)
def test_the_pause_doubles_up_to_five_minutes(attempts: int, seconds: int) -> None:
    assert pause_after(attempts, jitter=0.5) == timedelta(seconds=seconds)


@given(st.integers(1, 10**6), JITTERS)
def test_the_pause_is_spread_around_its_length(attempts: int, jitter: float) -> None:
    middle = pause_after(attempts, jitter=0.5)

    pause = pause_after(attempts, jitter=jitter)

    assert 0.8 * middle <= pause <= 1.2 * middle
    assert 0.8 * FIRST_PAUSE <= pause <= 1.2 * LONGEST_PAUSE


@given(st.integers(1, 1000), JITTERS)
def test_the_pause_never_shrinks_with_the_attempts(
    attempts: int, jitter: float
) -> None:
    pause = pause_after(attempts, jitter=jitter)

    assert pause <= pause_after(attempts + 1, jitter=jitter)


@pytest.mark.parametrize(
    ("oldest", "late"),
    [
        (None, False),
        (NOW - timedelta(minutes=2), False),
        (NOW - timedelta(minutes=2) - MILLISECOND, True),
    ],
)
def test_mail_is_late_once_a_letter_has_waited_for_two_minutes(
    oldest: datetime | None, late: bool
) -> None:
    assert is_late(oldest, now=NOW) is late


@pytest.mark.parametrize("status", LetterStatus)
def test_a_letter_comes_back_from_its_text(status: LetterStatus) -> None:
    note = letter(status=status)

    assert from_text(as_text(note)) == note

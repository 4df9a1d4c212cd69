"""When a password is still compared with the real hash."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keywright.features.lockout.policy import (
    FEW_TRIES,
    FREE_TRIES,
    HARD_STOP,
    WINDOW,
    is_first_refused,
    may_compare,
    may_compare_without_stop,
    pause_after,
)
from keywright.features.lockout.types import Failures
from tests.instants import MILLISECOND, MINUTE, NOW, SECOND


def failures(
    recent: int, *, total: int | None = None, ago: timedelta | None = SECOND
) -> Failures:
    """Return *recent* tries, the last before this one *ago*."""
    return Failures(recent, total or recent, None if ago is None else NOW - ago)


@pytest.mark.parametrize(
    ("counted", "known", "stranger"),
    [
        pytest.param(failures(1, ago=None), True, True, id="the first"),
        pytest.param(failures(10, ago=MILLISECOND), True, True, id="the last free one"),
        pytest.param(failures(11, ago=2 * SECOND - MILLISECOND), False, False, id="11"),
        pytest.param(failures(11, ago=2 * SECOND), False, True, id="11 after a pause"),
        pytest.param(failures(12, ago=3 * SECOND), False, False, id="12"),
        pytest.param(failures(12, ago=4 * SECOND), False, True, id="12 after a pause"),
        pytest.param(failures(30, ago=14 * MINUTE), False, False, id="30"),
        pytest.param(failures(30, ago=WINDOW), False, True, id="30 after the window"),
        pytest.param(failures(1, total=100), True, True, id="100 in all"),
        pytest.param(failures(1, total=101), True, False, id="101 in all"),
        pytest.param(failures(1, total=5000), True, False, id="5000 in all"),
    ],
)
def test_a_try_is_compared(counted: Failures, known: bool, stranger: bool) -> None:
    assert may_compare(counted, is_known_device=True, now=NOW) is known
    assert may_compare(counted, is_known_device=False, now=NOW) is stranger


FIRST = failures(1, ago=None)


@pytest.mark.parametrize(
    ("account", "network", "expected"),
    [
        pytest.param(FIRST, FIRST, True, id="the first"),
        pytest.param(failures(100), FIRST, True, id="others tried 99 times"),
        pytest.param(failures(100), failures(10), True, id="the last free one"),
        pytest.param(failures(100), failures(11), False, id="11"),
        pytest.param(failures(100), failures(11, ago=2 * SECOND), True, id="paused"),
        pytest.param(failures(101), FIRST, True, id="101 in all"),
        pytest.param(failures(10**6), failures(3), True, id="the last of few"),
        pytest.param(failures(101), failures(4), False, id="the fourth"),
        pytest.param(
            failures(101), failures(4, ago=14 * MINUTE), False, id="in 14 min"
        ),
        pytest.param(
            failures(1, total=101), failures(4), False, id="in another series"
        ),
        pytest.param(FIRST, failures(1, total=5000), True, id="forgotten meanwhile"),
    ],
)
def test_where_no_stop_is_lifted_a_try_is_compared(
    account: Failures, network: Failures, expected: bool
) -> None:
    assert may_compare_without_stop(account, network, now=NOW) is expected


@pytest.mark.attack("F9")
@given(st.integers(1, 10**9), st.integers(1, 10**9), st.integers(1, FEW_TRIES))
def test_whatever_strangers_tried_a_network_has_tries(
    recent: int, total: int, own: int
) -> None:
    account = failures(recent, total=total)

    assert may_compare_without_stop(account, failures(own), now=NOW)


@pytest.mark.parametrize(
    ("recent", "seconds"), [(11, 2), (12, 4), (13, 8), (19, 512), (20, 900), (99, 900)]
)
def test_the_pause_doubles_up_to_the_window(recent: int, seconds: int) -> None:
    assert pause_after(recent) == timedelta(seconds=seconds)


@given(st.integers(FREE_TRIES + 1, 10**9))
def test_the_pause_never_shrinks_and_never_exceeds_the_window(recent: int) -> None:
    assert pause_after(recent) <= pause_after(recent + 1) <= WINDOW


@pytest.mark.parametrize(
    ("counted", "expected"),
    [
        (failures(10), False),
        (failures(11), True),
        (failures(12), False),
        (failures(11, total=HARD_STOP), True),
        (failures(11, total=HARD_STOP + 1), False),
    ],
)
def test_the_owner_is_told_once_per_series(counted: Failures, expected: bool) -> None:
    assert is_first_refused(counted) is expected


def play(gaps: list[timedelta], *, is_known_device: bool) -> tuple[int, int]:
    """Return how many tries are compared and how often the owner is told."""
    compared = told = recent = 0
    at: datetime = NOW
    previous: datetime | None = None
    for total, gap in enumerate(gaps, 1):
        at += gap
        paused = previous is None or at - previous >= WINDOW
        recent = 1 if paused else recent + 1
        counted = Failures(recent, total, previous)
        compared += may_compare(counted, is_known_device=is_known_device, now=at)
        told += is_first_refused(counted)
        previous = at
    return compared, told


GAPS = st.sampled_from([MILLISECOND, SECOND, 3 * SECOND, 5 * MINUTE, WINDOW])


@given(st.lists(GAPS, max_size=400))
def test_however_a_stranger_paces_its_tries_a_hundred_are_compared(
    gaps: list[timedelta],
) -> None:
    compared, told = play(gaps, is_known_device=False)

    assert compared <= HARD_STOP
    assert told <= HARD_STOP / FREE_TRIES


@pytest.mark.attack("F2")
@given(st.integers(0, 200), st.booleans())
def test_of_tries_at_one_instant_ten_are_compared(
    tries: int, is_known_device: bool
) -> None:
    compared, _ = play([timedelta(0)] * tries, is_known_device=is_known_device)

    assert compared == min(tries, FREE_TRIES)

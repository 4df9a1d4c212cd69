"""The one reader of the clock."""

import asyncio
import time
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keywright.shared.clock import (
    EPOCH,
    StoreClock,
    from_milliseconds,
    shifted,
    to_milliseconds,
    utc_now,
    whole_milliseconds,
)
from tests.instants import HOUR, MILLISECOND, NOW, SECOND

INSTANTS = st.datetimes(
    datetime(1971, 1, 1),  # noqa: DTZ001 - the strategy adds the zone
    datetime(9999, 1, 1),  # noqa: DTZ001 - the strategy adds the zone
    timezones=st.just(UTC),
)


def test_an_instant_loses_its_microseconds_and_becomes_utc() -> None:
    east = timezone(timedelta(hours=2))
    instant = datetime(2026, 3, 1, 14, 0, 0, 250_999, tzinfo=east)

    assert whole_milliseconds(instant) == NOW
    assert whole_milliseconds(instant).tzinfo is UTC


@given(INSTANTS)
def test_milliseconds_go_there_and_back(instant: datetime) -> None:
    whole = whole_milliseconds(instant)

    assert from_milliseconds(to_milliseconds(whole)) == whole
    assert timedelta(0) <= instant - whole < MILLISECOND


def test_milliseconds_count_from_1970() -> None:
    assert to_milliseconds(EPOCH) == 0
    assert from_milliseconds(1_772_366_400_250) == NOW


def test_this_machines_time_is_utc_in_whole_milliseconds() -> None:
    now = utc_now()

    assert now.tzinfo is UTC
    assert now.microsecond % 1000 == 0
    assert abs(datetime.now(UTC) - now) < SECOND  # noqa: TID251 - it is what is tested


async def answer(instant: datetime) -> datetime:
    """Return what the store's clock shows."""
    return instant


def test_until_it_is_measured_the_stores_clock_is_this_machines() -> None:
    assert abs(StoreClock()() - utc_now()) < SECOND


async def test_a_measured_clock_shows_the_stores_time() -> None:
    clock = StoreClock()

    await clock.measure(lambda: answer(NOW))

    assert NOW <= clock() < NOW + SECOND
    assert clock().microsecond % 1000 == 0


async def test_a_measured_clock_runs_on() -> None:
    clock = StoreClock()
    await clock.measure(lambda: answer(NOW))

    await asyncio.sleep(0.02)

    assert NOW + 20 * MILLISECOND <= clock() < NOW + SECOND


async def test_half_of_the_round_trip_is_taken_as_the_age_of_the_answer() -> None:
    clock = StoreClock()

    async def slowly() -> datetime:
        await asyncio.sleep(0.2)
        return NOW

    began = time.monotonic()
    await clock.measure(slowly)
    age = (clock() - NOW).total_seconds()
    passed = time.monotonic() - began

    assert 0.099 <= age <= passed - 0.099


async def test_a_measurement_that_fails_leaves_the_clock_as_it_is() -> None:
    clock = StoreClock()
    await clock.measure(lambda: answer(NOW))

    async def fail() -> datetime:
        raise TimeoutError

    with pytest.raises(TimeoutError):
        await clock.measure(fail)

    assert NOW <= clock() < NOW + SECOND


@pytest.mark.parametrize(
    ("text", "expected"),
    [(None, NOW), ("", NOW), ("\n", NOW), ("3600", NOW + HOUR), ("-1.5\n", None)],
)
def test_a_test_clock_is_shifted_by_what_its_file_says(
    tmp_path: Path, text: str | None, expected: datetime | None
) -> None:
    file = tmp_path / "offset"
    if text is not None:
        file.write_text(text)

    now = shifted(lambda: NOW, file)

    assert now() == (expected or NOW - 1500 * MILLISECOND)


def test_a_test_clock_looks_at_its_file_every_time(tmp_path: Path) -> None:
    file = tmp_path / "offset"
    now = shifted(lambda: NOW, file)
    assert now() == NOW

    file.write_text("60")

    assert now() == NOW + 60 * SECOND

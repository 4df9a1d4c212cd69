"""When the use of a session is written down."""

from datetime import datetime, timedelta

import pytest

from keywright.features.opaque_sessions.policy import extended, step
from keywright.features.opaque_sessions.types import SessionLifetimes
from tests.features.sessions.builders import session
from tests.instants import DAY, HOUR, MILLISECOND, MINUTE, NOW

LIFETIMES = SessionLifetimes()


@pytest.mark.parametrize(
    ("idle", "expected"),
    [(7 * DAY, 5 * MINUTE), (100 * MINUTE, 5 * MINUTE), (20 * MINUTE, MINUTE)],
)
def test_the_step_is_a_small_part_of_the_idle_lifetime(
    idle: timedelta, expected: timedelta
) -> None:
    assert step(SessionLifetimes(idle=idle)) == expected


@pytest.mark.parametrize(
    ("used_after", "expected"),
    [
        (timedelta(0), None),
        (5 * MINUTE - MILLISECOND, None),
        (5 * MINUTE, NOW + 5 * MINUTE + 7 * DAY),
        (HOUR, NOW + HOUR + 7 * DAY),
    ],
)
def test_use_is_written_once_per_step(
    used_after: timedelta, expected: datetime | None
) -> None:
    assert extended(session(), LIFETIMES, now=NOW + used_after) == expected


def test_use_never_reaches_beyond_the_absolute_expiry() -> None:
    row = session(expires_at=NOW + DAY)
    assert extended(row, LIFETIMES, now=NOW + HOUR) == NOW + DAY

"""When a letter that could not be sent is tried again, and when mail is late."""

from datetime import datetime, timedelta

FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=5)
LATE_AFTER = timedelta(minutes=2)


def pause_after(attempts: int, *, jitter: float) -> timedelta:
    """Return the pause after *attempts* failed ones: 5 s, doubled each time.

    *jitter* from 0 to 1 spreads it over 80 to 120 percent; never more than six
    minutes.
    """
    doubled = FIRST_PAUSE * (1 << min(attempts - 1, 10))
    return min(doubled, LONGEST_PAUSE) * (0.8 + 0.4 * jitter)


def is_late(oldest: datetime | None, *, now: datetime) -> bool:
    """Say whether the *oldest* waiting letter has waited for more than two minutes."""
    return oldest is not None and now - oldest > LATE_AFTER

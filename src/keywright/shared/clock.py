"""The one reader of the clock.

Everything else takes `now: Now` in its constructor, or an instant as an argument.
"""

import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

Now = Callable[[], datetime]
"""A source of aware UTC instants in whole milliseconds."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def whole_milliseconds(instant: datetime) -> datetime:
    """Return *instant* in UTC without its microseconds: not every store keeps them."""
    instant = instant.astimezone(UTC)
    return instant.replace(microsecond=instant.microsecond // 1000 * 1000)


def to_milliseconds(instant: datetime) -> int:
    """Return *instant* as whole milliseconds since 1970."""
    return (instant - EPOCH) // timedelta(milliseconds=1)


def from_milliseconds(milliseconds: int) -> datetime:
    """Return the instant *milliseconds* after 1970."""
    return EPOCH + timedelta(milliseconds=milliseconds)


def utc_now() -> datetime:
    """Return this machine's time."""
    return whole_milliseconds(datetime.now(UTC))


class StoreClock:
    """The store's time, so that all servers agree on what is inside a window.

    Between measurements it runs on this machine's monotonic clock: a jump of the
    wall clock changes nothing. Until the first measurement it is this machine's time.
    """

    def __init__(self) -> None:
        """Start from this machine's time."""
        self._base = datetime.now(UTC)
        self._since = time.monotonic()

    def __call__(self) -> datetime:
        """Return the store's time as of now."""
        passed = timedelta(seconds=time.monotonic() - self._since)
        return whole_milliseconds(self._base + passed)

    async def measure(self, ask: Callable[[], Awaitable[datetime]]) -> None:
        """Set the clock by *ask*, which returns the store's time.

        Half of the round trip is taken as the age of the answer.
        """
        before = time.monotonic()
        base = await ask()
        after = time.monotonic()
        self._base, self._since = base, before + (after - before) / 2


def shifted(now: Now, offset_file: Path) -> Now:
    """Return *now* plus the seconds written in *offset_file*, read at every use.

    A missing or empty file means no offset. For tests only: the settings refuse it
    outside of the test environment.
    """

    def shifted_now() -> datetime:
        try:
            text = offset_file.read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            text = ""
        return whole_milliseconds(now() + timedelta(seconds=float(text or 0)))

    return shifted_now

"""Instants that tests count from."""

from datetime import UTC, datetime, timedelta

NOW = datetime(2026, 3, 1, 12, 0, 0, 250_000, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

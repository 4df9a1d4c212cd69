"""Instants that tests count from."""

from datetime import UTC, datetime, timedelta

NOW = datetime(2026, 3, 1, 12, 0, 0, 250_000, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
PATIENT = timedelta(seconds=60)
"""How long stores under test may take: how fast the machine is, is not tested."""
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

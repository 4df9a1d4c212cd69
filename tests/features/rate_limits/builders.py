"""Limits for tests."""

from datetime import timedelta

from keywright.features.rate_limits.types import Limit
from tests.instants import MINUTE


def limit(*, name: str = "test", count: int = 5, period: timedelta = MINUTE) -> Limit:
    """Return a limit of five a minute."""
    return Limit(name=name, count=count, period=period)

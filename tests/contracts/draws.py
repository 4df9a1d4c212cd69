"""Instants drawn around a boundary, where conditions are most easily wrong."""

from datetime import datetime, timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from tests.instants import DAY, MILLISECOND, MINUTE

drawn = settings(
    deadline=None,
    max_examples=150,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
"""For tests of a store: it is emptied once, and each example has ids of its own."""


def near(boundary: datetime) -> st.SearchStrategy[datetime]:
    """Draw an instant at, just before or after *boundary*, or well after it."""
    steps = (-MILLISECOND, timedelta(0), MILLISECOND, MINUTE, DAY)
    return st.sampled_from([boundary + step for step in steps])


def maybe(
    instants: st.SearchStrategy[datetime],
) -> st.SearchStrategy[datetime | None]:
    """Draw None more often than not, or one of *instants*."""
    return st.one_of(st.none(), st.none(), instants)

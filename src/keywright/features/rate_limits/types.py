"""Limits."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Limit:
    """*count* acts by one key at once, then one every *period* / *count* (GCRA).

    In the long run *count* acts in a *period*; in no period more than twice that.
    """

    name: str
    count: int
    period: timedelta

    @property
    def interval(self) -> timedelta:
        """Return the time after which one act comes free."""
        return self.period / self.count

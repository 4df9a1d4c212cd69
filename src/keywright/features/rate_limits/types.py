"""Limits."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Limit:
    """At most *count* acts in *period*, by one key (RFC-less, known as GCRA).

    The acts may come at once; afterwards one comes free every *period* / *count*.
    """

    name: str
    count: int
    period: timedelta

    @property
    def interval(self) -> timedelta:
        """Return the time after which one act comes free."""
        return self.period / self.count

"""What counts acts."""

from datetime import datetime, timedelta
from typing import Protocol

from keywright.features.rate_limits.types import Limit


class RateLimiter(Protocol):
    """Counts acts by key; one atomic step each."""

    async def hit(self, key: bytes, limit: Limit, *, now: datetime) -> timedelta | None:
        """Count one act under *key* (32 bytes); return None, or how long to wait.

        A refused act is not counted. Of any number of concurrent acts no more than
        *limit* allows return None. Keys of different limits never meet.
        """

    async def purge(self, *, before: datetime) -> int:
        """Forget keys that were free before *before*; return how many.

        A store may stop at 1000; repeat until fewer are returned.
        """

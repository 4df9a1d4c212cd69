"""Where failures are counted."""

from datetime import datetime, timedelta
from typing import Protocol

from keywright.features.lockout.types import Failures


class FailureStore(Protocol):
    """Counts tries by key (32 bytes); each method is one atomic step."""

    async def count(self, key: bytes, *, window: timedelta, now: datetime) -> Failures:
        """Count one try, before its password is checked, and return the counts.

        *recent* starts again at one when the previous try is *window* or more ago. Of
        concurrent calls no two return the same *total*.
        """

    async def forgive(self, key: bytes) -> None:
        """Take one try back: it was right, or was not compared. Never below zero."""

    async def clear(self, key: bytes) -> None:
        """Forget all tries under *key*."""

    async def purge(self, *, before: datetime) -> int:
        """Forget keys whose last try was before *before*; return how many.

        A store may stop at 1000; repeat until fewer are returned.
        """

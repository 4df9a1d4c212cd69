"""The limit of refreshes."""

from collections import OrderedDict
from datetime import timedelta
from typing import Annotated

from fastapi import Depends

from keywright.features.rate_limits.service import RateLimits
from keywright.features.rate_limits.types import Limit
from keywright.shared.dependencies import provide
from keywright.shared.secrets import digest

REFRESHES = Limit("refresh", 60, timedelta(minutes=1))
REMEMBERED = 1000


class RefreshCounter:
    """Counts refreshes by client; a token that is shown again counts once.

    A lost answer or a second tab repeats a token, and that is what the retry window
    is for: it must not use up the limit. Kept in this process, so that a refresh
    needs no further write.
    """

    def __init__(self, limits: RateLimits) -> None:
        """Count with *limits*, which live in memory."""
        self._limits = limits
        self._seen: OrderedDict[bytes, None] = OrderedDict()

    async def count(self, token: str, client: str) -> None:
        """Count the refresh, or raise `RateLimited`."""
        key = digest(token.encode("utf-8", "replace"))
        if key in self._seen:
            return
        await self._limits.by_client(REFRESHES, client)
        self._seen[key] = None
        if len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)


RefreshLimit = Annotated[RefreshCounter, Depends(provide(RefreshCounter))]

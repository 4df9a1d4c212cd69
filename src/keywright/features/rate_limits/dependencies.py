"""Limits for routes."""

from typing import Annotated

from fastapi import Depends, Request

from keywright.features.rate_limits.errors import RateLimited
from keywright.features.rate_limits.service import RateLimits
from keywright.features.rate_limits.types import Limit
from keywright.shared.dependencies import provide, services_of
from keywright.shared.refusals import headers_of
from keywright.shared.routing import add_header, client_of

Limits = Annotated[RateLimits, Depends(provide(RateLimits))]


class LimitedByClient:
    """A dependency that counts requests of one kind by client address.

    Every answer, a refusal too, carries `RateLimit-Policy`; one for too many requests
    also `RateLimit` and `Retry-After`.
    """

    def __init__(self, limit: Limit) -> None:
        """Count by *limit*."""
        self._limit = limit
        seconds = int(limit.period.total_seconds())
        self._policy = f'"{limit.name}";q={limit.count};w={seconds}'

    async def __call__(self, request: Request) -> None:
        """Count *request*, or raise `RateLimited`."""
        add_header(request, "RateLimit-Policy", self._policy)
        limits = services_of(request).get(RateLimits)
        try:
            await limits.by_client(self._limit, client_of(request))
        except RateLimited as error:
            name, wait = self._limit.name, headers_of(error)["Retry-After"]
            add_header(request, "RateLimit", f'"{name}";r=0;t={wait}')
            raise

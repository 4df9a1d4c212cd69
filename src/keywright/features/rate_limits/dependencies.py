"""Limits for routes."""

from typing import Annotated

from fastapi import Depends, Request, Response

from keywright.features.rate_limits.service import RateLimits
from keywright.features.rate_limits.types import Limit
from keywright.shared.dependencies import provide, services_of
from keywright.shared.routing import client_of

Limits = Annotated[RateLimits, Depends(provide(RateLimits))]


class LimitedByClient:
    """A dependency that counts requests of one kind by client address.

    Its answers carry `RateLimit-Policy`; a refusal also `Retry-After`.
    """

    def __init__(self, limit: Limit) -> None:
        """Count by *limit*."""
        self._limit = limit
        seconds = int(limit.period.total_seconds())
        self._policy = f'"{limit.name}";q={limit.count};w={seconds}'

    async def __call__(self, request: Request, response: Response) -> None:
        """Count *request*, or raise `RateLimited`."""
        response.headers["RateLimit-Policy"] = self._policy
        limits = services_of(request).get(RateLimits)
        await limits.by_client(self._limit, client_of(request))

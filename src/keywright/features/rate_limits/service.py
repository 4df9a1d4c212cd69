"""Limits by client address and by account."""

from dataclasses import replace
from datetime import timedelta

from keywright.features.rate_limits.errors import RateLimited
from keywright.features.rate_limits.store import RateLimiter
from keywright.features.rate_limits.types import Limit
from keywright.shared.client_address import bucket, wide_bucket
from keywright.shared.clock import Now
from keywright.shared.secrets import mac

WIDER = 10


class RateLimits:
    """Counts requests; *shared* is the limiter that all workers share.

    Keys are MACs, so that a store's dump names neither addresses nor accounts. Where
    limits are switched off, nothing is counted.
    """

    def __init__(
        self, limiter: RateLimiter, key: bytes, *, enabled: bool, now: Now
    ) -> None:
        """Count with *limiter* under keys made with *key*."""
        self._limiter = limiter
        self._key = key
        self._enabled = enabled
        self._now = now

    async def by_client(self, limit: Limit, address: str) -> None:
        """Count one request of the client, or raise `RateLimited`.

        An IPv6 client is counted by its /64, and ten times as many are taken of its
        /48: who has that has 65,536 of the others.
        """
        await self._count(limit, "client", bucket(address))
        wide = wide_bucket(address)
        if wide is not None:
            wider = replace(limit, count=limit.count * WIDER)
            await self._count(wider, "client", wide)

    async def by_subject(self, limit: Limit, *subject: str) -> None:
        """Count one request about *subject*, or raise `RateLimited`."""
        await self._count(limit, "subject", *subject)

    async def is_within(self, limit: Limit, *subject: str) -> bool:
        """Count one act about *subject* and say whether it is within *limit*."""
        return await self._wait(limit, "subject", *subject) is None

    async def _count(self, limit: Limit, *parts: str) -> None:
        wait = await self._wait(limit, *parts)
        if wait is not None:
            raise RateLimited(limit.name, wait)

    async def _wait(self, limit: Limit, *parts: str) -> timedelta | None:
        if not self._enabled:
            return None
        key = mac(self._key, limit.name.encode(), *(part.encode() for part in parts))
        return await self._limiter.hit(key, limit, now=self._now())

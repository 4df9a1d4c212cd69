"""The Redis stores, laid over the SQL stores that keep everything else."""

from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace

from redis.asyncio import Redis

from keywright.features.ended_sessions.redis import EndedSessions
from keywright.features.lockout.redis import FailureCounts
from keywright.features.opaque_sessions.redis import Sessions
from keywright.features.rate_limits.redis import Limiter
from keywright.features.refresh_tokens.redis import Families
from keywright.shared.redis import close, open_redis
from tests.contracts.stores import Place, Stores


@asynccontextmanager
async def open_redis_over(
    below: AbstractAsyncContextManager[Place], url: str, *, prefix: str
) -> AsyncGenerator[Place, None]:
    """Open the stores under *prefix* at *url*; users and letters are kept *below*."""
    client = open_redis(url)
    async with below as place:
        stores = _over(place.stores, client, prefix)

        async def fresh() -> Stores:
            await place.fresh()
            async for key in client.scan_iter(f"{prefix}:*", count=1000):
                await client.unlink(key)
            return stores

        yield Place(stores=stores, fresh=fresh)
    await close(client)


def _over(stores: Stores, client: Redis, prefix: str) -> Stores:
    return replace(
        stores,
        families=Families(client, stores.users, stores.outbox, prefix),
        ended=EndedSessions(client, prefix),
        sessions=Sessions(client, stores.users, stores.outbox, prefix),
        limiter=Limiter(client, prefix),
        failures=FailureCounts(client, prefix),
    )

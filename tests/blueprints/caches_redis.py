"""Redis at TEST_REDIS_URL."""

from collections.abc import Callable, Mapping
from functools import cache

from redis import Redis
from redis.asyncio import Redis as AsyncRedis

from tests.places import redis_url


@cache
def emptied_redis() -> str:
    """Return the address of this test process, without what an earlier run left."""
    with Redis.from_url(redis_url()) as client:
        for key in client.scan_iter("auth:*"):
            client.delete(key)
    return redis_url()


async def forget(url: str | None, prefix: str) -> None:
    """Remove every key under *prefix* at *url*, if it is one."""
    if url is not None:
        async with AsyncRedis.from_url(url) as client:
            async for key in client.scan_iter(f"{prefix}:*", count=1000):
                await client.unlink(key)


def _redis() -> dict[str, object]:
    return {"redis_url": emptied_redis(), "redis_durability": "relaxed"}


CACHES: Mapping[str, Callable[[], dict[str, object]]] = {"+redis": _redis}

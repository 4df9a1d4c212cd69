"""Redis at TEST_REDIS_URL."""

from collections.abc import Callable, Mapping
from functools import cache

from redis import Redis

from tests.places import redis_url


@cache
def emptied_redis() -> str:
    """Return the address of this test process, without what an earlier run left."""
    with Redis.from_url(redis_url()) as client:
        for key in client.scan_iter("auth:*"):
            client.delete(key)
    return redis_url()


def _redis() -> dict[str, object]:
    return {"redis_url": emptied_redis(), "redis_durability": "relaxed"}


CACHES: Mapping[str, Callable[[], dict[str, object]]] = {"+redis": _redis}

"""What a Redis beside the database takes over: limits and failures, and sessions."""

from dataclasses import replace
from typing import TypeVar

from redis.asyncio import Redis

from keywright.blueprints.foundation.redis_settings import RedisSettings
from keywright.blueprints.foundation.types import Stores
from keywright.features.lockout.redis import FailureCounts
from keywright.features.rate_limits.redis import Limiter
from keywright.features.sessions.store import OpenSessions
from keywright.shared.redis import check_durability, close, open_redis, ping
from keywright.shared.settings import SettingsInvalid

S = TypeVar("S", bound=OpenSessions)


def open_client(settings: RedisSettings) -> Redis:
    """Return the client; connections are made when needed."""
    if settings.redis_url is None:
        raise SettingsInvalid({"AUTH_REDIS_URL": "must be set"})
    return open_redis(settings.redis_url.get_secret_value())


def with_redis(stores: Stores[S], client: Redis, settings: RedisSettings) -> Stores[S]:
    """Return *stores* with limits and failures kept by *client*."""

    async def check() -> list[str]:
        if settings.redis_durability == "relaxed":
            return []
        return await check_durability(client)

    async def ping_redis() -> None:
        await ping(client)

    async def close_both() -> None:
        await close(client)
        await stores.close()

    return replace(
        stores,
        limiter=Limiter(client, settings.redis_prefix),
        failures=FailureCounts(client, settings.redis_prefix),
        probes={**stores.probes, "redis": ping_redis},
        check=check,
        close=close_both,
    )

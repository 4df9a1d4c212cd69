"""What is kept in Redis lies under the prefix that the settings name."""

from redis.asyncio import Redis

from tests.blueprints.fixtures import ServiceWith
from tests.blueprints.kinds import HYBRID, STATEFUL

BLUEPRINTS = (HYBRID, STATEFUL)
VARIANTS = ("sqlite+redis", "mongo+redis")


async def test_sessions_lie_under_the_prefix(service_with: ServiceWith) -> None:
    service = await service_with(redis_prefix="mine")
    client = await service.signed_in()

    async with Redis.from_url(str(service.redis_url)) as redis:
        about = f"*{client.user.id.hex}*"
        found = [key async for key in redis.scan_iter(about, count=1000)]

    assert found
    assert [key for key in found if not key.startswith(b"mine:")] == []

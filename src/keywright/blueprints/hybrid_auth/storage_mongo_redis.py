"""Sessions, limits and failures in Redis; everything else in a MongoDB database."""

from keywright.blueprints.hybrid_auth.collections import EVERY
from keywright.blueprints.hybrid_auth.settings import Settings
from keywright.blueprints.hybrid_auth.types import Stores
from keywright.features.audit.mongo import AuditLog
from keywright.features.challenges.mongo import Challenges
from keywright.features.keys.mongo import Keys
from keywright.features.lockout.redis import FailureCounts
from keywright.features.outbox.mongo import Letters
from keywright.features.rate_limits.redis import Limiter
from keywright.features.refresh_tokens.redis import Families
from keywright.features.users.mongo import Users
from keywright.shared.mongo import MongoDatabase
from keywright.shared.mongo_schema import differences
from keywright.shared.redis import check_durability, close, open_redis, ping


async def open_stores(settings: Settings) -> Stores:
    """Open the stores; connections are made when needed."""
    assert settings.redis_url is not None  # noqa: S101 - the slot chose by it
    db = MongoDatabase(
        settings.database_url.get_secret_value(), pool_size=settings.store_pool
    )
    client = open_redis(settings.redis_url.get_secret_value())
    users, outbox = Users(db), Letters(db)

    async def check() -> list[str]:
        if settings.redis_durability == "relaxed":
            return []
        return await check_durability(client)

    async def misfits() -> list[str]:
        return await differences(db, EVERY)

    async def ping_redis() -> None:
        await ping(client)

    async def close_both() -> None:
        await close(client)
        await db.close()

    return Stores(
        users=users,
        challenges=Challenges(db),
        families=Families(client, users, outbox),
        outbox=outbox,
        keys=Keys(db),
        limiter=Limiter(client),
        failures=FailureCounts(client),
        audit=AuditLog(db),
        now=db.now,
        probes={"database": db.ping, "redis": ping_redis},
        check=check,
        close=close_both,
        misfits=misfits,
        shortcomings=db.shortcomings,
    )

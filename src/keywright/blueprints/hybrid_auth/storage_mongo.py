"""Everything in one MongoDB database."""

from keywright.blueprints.hybrid_auth.collections import EVERY
from keywright.blueprints.hybrid_auth.settings import Settings
from keywright.blueprints.hybrid_auth.types import Stores, nothing
from keywright.features.audit.mongo import AuditLog
from keywright.features.challenges.mongo import Challenges
from keywright.features.keys.mongo import Keys
from keywright.features.lockout.mongo import FailureCounts
from keywright.features.outbox.mongo import Letters
from keywright.features.rate_limits.mongo import Limiter
from keywright.features.refresh_tokens.mongo import Families
from keywright.features.users.mongo import Users
from keywright.shared.mongo import MongoDatabase
from keywright.shared.mongo_schema import differences


async def open_stores(settings: Settings) -> Stores:
    """Open the stores; connections are made when needed."""
    db = MongoDatabase(
        settings.database_url.get_secret_value(), pool_size=settings.store_pool
    )

    async def misfits() -> list[str]:
        return await differences(db, EVERY)

    return Stores(
        users=Users(db),
        challenges=Challenges(db),
        families=Families(db),
        outbox=Letters(db),
        keys=Keys(db),
        limiter=Limiter(db),
        failures=FailureCounts(db),
        audit=AuditLog(db),
        now=db.now,
        probes={"database": db.ping},
        check=nothing,
        close=db.close,
        misfits=misfits,
        shortcomings=db.shortcomings,
    )

"""Everything in one SQL database."""

from keywright.blueprints.hybrid_auth.settings import Settings
from keywright.blueprints.hybrid_auth.types import Stores
from keywright.features.audit.sql import AuditLog
from keywright.features.challenges.sql import Challenges
from keywright.features.keys.sql import Keys
from keywright.features.lockout.sql import FailureCounts
from keywright.features.outbox.sql import Letters
from keywright.features.rate_limits.sql import Limiter
from keywright.features.refresh_tokens.sql import Families
from keywright.features.users.sql import Users
from keywright.shared.sql import Database


async def open_stores(settings: Settings) -> Stores:
    """Open the stores; connections are made when needed."""
    db = Database(
        settings.database_url.get_secret_value(), pool_size=settings.store_pool
    )

    async def check() -> list[str]:
        return []

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
        check=check,
        close=db.close,
    )

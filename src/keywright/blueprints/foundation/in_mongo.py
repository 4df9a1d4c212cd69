"""What every composition keeps in a MongoDB database."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final, TypeVar

from keywright.blueprints.foundation.settings import AuthSettings
from keywright.blueprints.foundation.types import PartStores, Stores
from keywright.features.audit.documents import AUDIT_EVENTS
from keywright.features.audit.mongo import AuditLog
from keywright.features.challenges.documents import OTPS
from keywright.features.challenges.mongo import Challenges
from keywright.features.keys.store import KeyStore
from keywright.features.lockout.documents import FAILURES
from keywright.features.lockout.mongo import FailureCounts
from keywright.features.outbox.documents import LETTERS
from keywright.features.outbox.mongo import Letters
from keywright.features.rate_limits.documents import RATE_LIMITS
from keywright.features.rate_limits.mongo import Limiter
from keywright.features.sessions.store import OpenSessions
from keywright.features.users.documents import USERS
from keywright.features.users.mongo import Users
from keywright.shared.mongo import Documents, MongoDatabase
from keywright.shared.mongo_schema import differences, prepare

S = TypeVar("S", bound=OpenSessions)
ALWAYS: Final = (AUDIT_EVENTS, FAILURES, LETTERS, OTPS, RATE_LIMITS, USERS)


def open_database(settings: AuthSettings) -> MongoDatabase:
    """Return the database; connections are made when needed."""
    return MongoDatabase(
        settings.database_url.get_secret_value(), pool_size=settings.store_pool
    )


def stores_in(
    db: MongoDatabase,
    sessions: S,
    keys: KeyStore | None = None,
    parts: Mapping[type, PartStores] = MappingProxyType({}),
    *,
    collections: Sequence[Documents],
) -> Stores[S]:
    """Return these stores together with everything else, kept in *db*.

    *collections* are what *db* has to have.
    """

    async def misfits() -> list[str]:
        return await differences(db, collections)

    return Stores(
        users=Users(db),
        challenges=Challenges(db),
        sessions=sessions,
        outbox=Letters(db),
        limiter=Limiter(db),
        failures=FailureCounts(db),
        audit=AuditLog(db),
        now=db.now,
        probes={"database": db.ping},
        close=db.close,
        keys=keys,
        parts=parts,
        misfits=misfits,
        shortcomings=db.shortcomings,
    )


async def make(url: str, collections: Sequence[Documents]) -> None:
    """Create or change *collections* at *url*; harmless to repeat."""
    db = MongoDatabase(url)
    try:
        await prepare(db, collections)
    finally:
        await db.close()

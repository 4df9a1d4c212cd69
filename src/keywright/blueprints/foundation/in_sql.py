"""What every composition keeps in a SQL database."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TypeVar

from keywright.blueprints.foundation.settings import AuthSettings
from keywright.blueprints.foundation.types import PartStores, Stores
from keywright.features.audit.sql import AuditLog
from keywright.features.challenges.sql import Challenges
from keywright.features.keys.store import KeyStore
from keywright.features.lockout.sql import FailureCounts
from keywright.features.outbox.sql import Letters
from keywright.features.rate_limits.sql import Limiter
from keywright.features.sessions.store import OpenSessions
from keywright.features.users.sql import Users
from keywright.shared.sql import Database

S = TypeVar("S", bound=OpenSessions)


def open_database(settings: AuthSettings) -> Database:
    """Return the database; connections are made when needed."""
    return Database(
        settings.database_url.get_secret_value(), pool_size=settings.store_pool
    )


def stores_in(
    db: Database,
    sessions: S,
    keys: KeyStore | None = None,
    parts: Mapping[type, PartStores] = MappingProxyType({}),
) -> Stores[S]:
    """Return these stores together with everything else, kept in *db*."""
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
    )

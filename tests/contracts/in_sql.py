"""The SQL stores, in a database of their own for each test process."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from keywright.features.audit.sql import AuditLog
from keywright.features.challenges.sql import Challenges
from keywright.features.ended_sessions.sql import EndedSessions
from keywright.features.identities.sql import Identities
from keywright.features.keys.sql import Keys
from keywright.features.lockout.sql import FailureCounts
from keywright.features.oauth.sql import Transactions
from keywright.features.opaque_sessions.sql import Sessions
from keywright.features.outbox.sql import Letters
from keywright.features.rate_limits.sql import Limiter
from keywright.features.refresh_tokens.sql import Families
from keywright.features.users.sql import Users
from tests.contracts.behind_sql import Behind
from tests.contracts.stores import Place, Stores
from tests.servers import postgres_url

_made: set[str] = set()


def sqlite_url(folder: Path, name: str) -> str:
    """Return the address of the file *name* in *folder*."""
    return f"sqlite:///{folder / name}"


def postgres_contracts_url() -> str:
    """Return the address of a database beside the one of this test process.

    It is made if missing: other tests keep theirs.
    """
    parts = urlsplit(postgres_url())
    name = f"{parts.path.strip('/')}_contracts"
    with psycopg.connect(urlunsplit(parts), autocommit=True) as connection:
        known = "SELECT 1 FROM pg_database WHERE datname = %s"
        if connection.execute(known, [name]).fetchone() is None:
            create = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
            connection.execute(create)
    return urlunsplit(parts._replace(path=f"/{name}"))


@asynccontextmanager
async def open_sql(url: str, *, anew: bool) -> AsyncGenerator[Place, None]:
    """Open the stores in the database at *url*.

    *anew* makes its tables, once in a process.
    """
    behind = Behind(url)
    if anew and url not in _made:
        _made.add(url)
        await behind.make()
    stores = _stores(behind)

    async def fresh() -> Stores:
        await behind.empty()
        return stores

    yield Place(stores=stores, fresh=fresh)
    await behind.close()


def _stores(behind: Behind) -> Stores:
    database = behind.database
    return Stores(
        users=Users(database),
        outbox=Letters(database),
        challenges=Challenges(database),
        identities=Identities(database),
        transactions=Transactions(database),
        families=Families(database),
        ended=EndedSessions(database),
        sessions=Sessions(database),
        keys=Keys(database),
        limiter=Limiter(database),
        failures=FailureCounts(database),
        audit=AuditLog(database),
        letter=behind.letter,
    )

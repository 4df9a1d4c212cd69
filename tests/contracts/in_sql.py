"""The SQL stores, in a database of their own for each test process."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

import psycopg
from psycopg import sql
from sqlalchemy import delete, select

from keywright.features.audit.sql import AuditLog
from keywright.features.challenges.sql import Challenges
from keywright.features.ended_sessions.sql import EndedSessions
from keywright.features.identities.sql import Identities
from keywright.features.keys.sql import Keys
from keywright.features.lockout.sql import FailureCounts
from keywright.features.oauth.sql import Transactions
from keywright.features.opaque_sessions.sql import Sessions
from keywright.features.outbox.models import LetterRow
from keywright.features.outbox.sql import Letters
from keywright.features.outbox.types import Letter, LetterStatus
from keywright.features.rate_limits.sql import Limiter
from keywright.features.refresh_tokens.sql import Families
from keywright.features.users.sql import Users
from keywright.shared.sql import Database
from keywright.shared.tables import Base
from tests.contracts.stores import Place, Stores
from tests.instants import PATIENT
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
    database = Database(url, durable=False, limit=PATIENT)
    tables = Base.metadata.sorted_tables
    if anew and url not in _made:
        _made.add(url)
        async with database.transaction() as transaction:
            await transaction.call(Base.metadata.drop_all)
            await transaction.call(Base.metadata.create_all)
    stores = _stores(database)

    async def fresh() -> Stores:
        async with database.transaction() as transaction:
            for table in reversed(tables):
                await transaction.run(delete(table))
        return stores

    yield Place(stores=stores, fresh=fresh)
    await database.close()


def _stores(database: Database) -> Stores:
    async def letter(letter_id: UUID) -> Letter | None:
        row = await database.first(select(LetterRow).where(LetterRow.id == letter_id))
        if row is None:
            return None
        return Letter(
            id=row["id"],
            kind=row["kind"],
            sealed=row["sealed"],
            created_at=row["created_at"],
            expires_at=row["expires_at"],
            status=LetterStatus(row["status"]),
            attempts=row["attempts"],
        )

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
        letter=letter,
    )

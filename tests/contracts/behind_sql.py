"""A look into a SQL database, behind the backs of its stores."""

from uuid import UUID

from sqlalchemy import delete, select

from keywright.features.outbox.models import LetterRow
from keywright.features.outbox.types import Letter, LetterStatus
from keywright.shared.sql import Database
from keywright.shared.tables import Base
from tests.instants import PATIENT


class Behind:
    """Makes the tables of one database anew, empties them, and reads letters."""

    def __init__(self, url: str) -> None:
        """Take what lies at *url*; it is connected to when needed."""
        self.database = Database(url, durable=False, limit=PATIENT)

    async def make(self) -> None:
        """Make all tables that are known, whatever there was before."""
        async with self.database.transaction() as transaction:
            await transaction.call(Base.metadata.drop_all)
            await transaction.call(Base.metadata.create_all)

    async def empty(self) -> None:
        """Remove every row."""
        async with self.database.transaction() as transaction:
            for table in reversed(Base.metadata.sorted_tables):
                await transaction.run(delete(table))

    async def letter(self, letter_id: UUID) -> Letter | None:
        """Return a letter of the outbox as it is kept."""
        letters = select(LetterRow).where(LetterRow.id == letter_id)
        row = await self.database.first(letters)
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

    async def close(self) -> None:
        """Close every connection."""
        await self.database.close()

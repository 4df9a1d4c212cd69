"""The tables of the blueprints under test, in a SQL database."""

from sqlalchemy import Connection

from keywright.shared.sql import Database
from keywright.shared.tables import Base


async def make_tables(url: str) -> None:
    """Make what is missing of the tables that are known in the database at *url*."""

    def create(connection: Connection) -> None:
        Base.metadata.create_all(connection)

    database = Database(url)
    async with database.transaction() as transaction:
        await transaction.call(create)
    await database.close()

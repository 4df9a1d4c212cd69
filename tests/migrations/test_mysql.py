"""Revisions on MariaDB or MySQL, where no statement about tables can be undone."""

import asyncio
import sys
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text

from keywright.migrations import runner
from keywright.migrations.schema import METADATA, VERSION_TABLE
from keywright.shared.sql import Database
from tests.mysql_server import mysql_url

MIGRATE = (
    "import asyncio, sys; from keywright.migrations.runner import migrate;"
    "asyncio.run(migrate(sys.argv[1]))"
)
TABLES = text(
    "SELECT table_name AS name FROM information_schema.tables"
    " WHERE table_schema = DATABASE()"
)


@pytest.fixture
async def url() -> AsyncIterator[str]:
    """Return the address of an empty database."""
    url = mysql_url("_migrated")
    await runner.drop(url)
    await runner.create(url)
    yield url
    await runner.drop(url)


async def tables(url: str) -> set[str]:
    """Return the names of the tables at *url*."""
    database = Database(url)
    rows = await database.all(TABLES)
    await database.close()
    return {row["name"] for row in rows}


async def execute(url: str, statement: str) -> None:
    """Run *statement* on the database at *url*."""
    database = Database(url)
    await database.run(text(statement))
    await database.close()


async def test_an_empty_database_becomes_what_the_models_say(url: str) -> None:
    await runner.migrate(url)
    assert await runner.check(url) == []
    assert await runner.current(url) == runner.head()
    assert await tables(url) == {*METADATA.tables, VERSION_TABLE}


async def test_migrations_can_be_reverted_and_applied_again(url: str) -> None:
    await runner.migrate(url)
    await runner.revert(url, "base")
    assert await tables(url) == {VERSION_TABLE}
    assert await runner.current(url) is None
    await runner.migrate(url)
    assert await runner.check(url) == []


async def test_migrating_again_changes_nothing(url: str) -> None:
    await runner.migrate(url)
    await runner.migrate(url)
    assert await runner.check(url) == []


async def test_a_missing_index_is_a_difference(url: str) -> None:
    await runner.migrate(url)
    await execute(url, "DROP INDEX ix_users_purge_after ON users")
    assert await runner.check(url) == ["add_index: ix_users_purge_after"]


async def test_tables_of_the_application_are_no_difference(url: str) -> None:
    await runner.migrate(url)
    await execute(url, "CREATE TABLE orders (id INTEGER PRIMARY KEY)")
    assert await runner.check(url) == []


async def test_servers_that_start_together_do_not_meet(url: str) -> None:
    servers = [
        await asyncio.create_subprocess_exec(sys.executable, "-c", MIGRATE, url)
        for _ in range(3)
    ]
    assert [await server.wait() for server in servers] == [0, 0, 0]
    assert await runner.check(url) == []


async def test_a_database_is_created_and_dropped_once(url: str) -> None:
    await runner.create(url)
    await runner.drop(url)
    await runner.drop(url)
    await runner.create(url)
    assert await runner.current(url) is None

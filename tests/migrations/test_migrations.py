import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import Executable, inspect, text

from keywright.migrations import runner
from keywright.migrations.schema import METADATA, VERSION_TABLE
from keywright.shared.errors import StoreUnavailable
from keywright.shared.sql import Database
from tests.servers import postgres_url

MIGRATE = (
    "import asyncio, sys; from keywright.migrations.runner import migrate;"
    "asyncio.run(migrate(sys.argv[1]))"
)


@pytest.fixture(params=["sqlite", "postgres"])
async def url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """Return the address of an empty database."""
    sqlite = f"sqlite:///{tmp_path / 'folder' / 'auth.db'}"
    url = sqlite if request.param == "sqlite" else f"{postgres_url()}_migrated"
    await runner.drop(url)
    await runner.create(url)
    yield url
    await runner.drop(url)


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    database = Database(url)
    yield database
    await database.close()


async def execute(url: str, statement: Executable) -> None:
    """Run *statement* on the database at *url*."""
    async with opened(url) as database:
        await database.run(statement)


async def tables(url: str) -> set[str]:
    """Return the names of the tables at *url*."""
    async with opened(url) as database, database.transaction() as transaction:
        return set(await transaction.call(lambda one: inspect(one).get_table_names()))


async def test_an_empty_database_becomes_what_the_models_say(url: str) -> None:
    await runner.migrate(url)
    assert await runner.check(url) == []
    assert await runner.current(url) == runner.head()


async def test_migrations_can_be_reverted_and_applied_again(url: str) -> None:
    await runner.migrate(url)
    await runner.revert(url, "base")
    await runner.migrate(url)
    assert await runner.check(url) == []


async def test_a_revert_to_the_beginning_leaves_no_table(url: str) -> None:
    await runner.migrate(url)
    await runner.revert(url, "base")
    assert await tables(url) == {VERSION_TABLE}
    assert await runner.current(url) is None


async def test_migrating_again_changes_nothing(url: str) -> None:
    await runner.migrate(url)
    await runner.migrate(url)
    assert await tables(url) == {*METADATA.tables, VERSION_TABLE}


async def test_of_an_empty_database_everything_differs(url: str) -> None:
    differences = await runner.check(url)
    assert differences[0] == f"revision: None, expected {runner.head()}"
    assert "add_table: users" in differences


async def test_a_missing_index_is_a_difference(url: str) -> None:
    await runner.migrate(url)
    await execute(url, text("DROP INDEX ix_sessions_user_id"))
    assert await runner.check(url) == ["add_index: ix_sessions_user_id"]


async def test_tables_of_the_application_are_no_difference(url: str) -> None:
    await runner.migrate(url)
    await execute(url, text("CREATE TABLE orders (id INTEGER PRIMARY KEY)"))
    assert await runner.check(url) == []


async def test_servers_that_start_together_do_not_meet(url: str) -> None:
    servers = [
        await asyncio.create_subprocess_exec(sys.executable, "-c", MIGRATE, url)
        for _ in range(3)
    ]
    assert [await server.wait() for server in servers] == [0, 0, 0]
    assert await runner.check(url) == []


async def test_applications_of_one_process_do_not_meet(url: str) -> None:
    await asyncio.gather(runner.migrate(url), runner.migrate(url))
    assert await runner.check(url) == []


async def test_a_table_in_use_stops_a_migration_which_then_changes_nothing() -> None:
    url = f"{postgres_url()}_locked"
    await runner.create(url)
    await runner.migrate(url)
    async with opened(url) as database, database.transaction() as reader:
        await reader.all(text("SELECT 1 FROM users"))
        with pytest.raises(StoreUnavailable):
            await runner.revert(url, "base")
    assert await runner.check(url) == []
    await runner.drop(url)


async def test_a_database_is_created_and_dropped_once(url: str) -> None:
    await runner.create(url)
    await runner.drop(url)
    await runner.drop(url)
    await runner.create(url)
    assert await runner.current(url) is None


@pytest.mark.parametrize("backend", ["mysql", "postgresql", "sqlite"])
def test_migrations_can_be_read_as_sql(backend: str) -> None:
    script = runner.as_sql(backend)
    missing = [name for name in METADATA.tables if f"CREATE TABLE {name}" not in script]
    assert missing == []


def test_mysql_compares_keys_as_bytes_and_keeps_milliseconds() -> None:
    script = runner.as_sql("mysql")
    assert "email_digest BINARY(32) NOT NULL" in script
    assert "kid VARBINARY(64) NOT NULL" in script
    assert "rotated_at DATETIME(6) NOT NULL" in script

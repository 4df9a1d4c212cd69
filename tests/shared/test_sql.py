import asyncio
import socket
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import (
    Column,
    ForeignKey,
    Integer,
    MetaData,
    Table,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.exc import DBAPIError, IntegrityError

from keywright.shared.clock import utc_now
from keywright.shared.errors import StoreUnavailable
from keywright.shared.sql import Database, Deadlocked
from tests.instants import MINUTE
from tests.servers import postgres_url

METADATA = MetaData()
COUNTERS = Table(
    "counters",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("parent", ForeignKey("counters.id")),
    Column("count", Integer, nullable=False, default=0),
)
PID = select(func.pg_backend_pid().label("pid"))
SECOND = timedelta(seconds=1)


async def with_counters(database: Database, count: int = 2) -> Database:
    """Make *count* counters in *database*."""
    async with database.transaction() as transaction:
        await transaction.call(METADATA.drop_all)
        await transaction.call(METADATA.create_all)
    await database.run(insert(COUNTERS).values([{"id": one} for one in range(count)]))
    return database


async def counted(database: Database, counter: int = 0) -> int:
    """Return what *counter* stands at."""
    row = await database.first(select(COUNTERS).where(COUNTERS.c.id == counter))
    assert row is not None
    count: int = row[COUNTERS.c.count]
    return count


async def add_one(database: Database) -> None:
    """Read the first counter, then write it, in a transaction."""
    read = select(COUNTERS).where(COUNTERS.c.id == 0).with_for_update()
    async with database.transaction() as transaction:
        row = await transaction.first(read)
        assert row is not None
        count = row[COUNTERS.c.count] + 1
        await transaction.run(
            update(COUNTERS).where(COUNTERS.c.id == 0).values(count=count)
        )


@pytest.fixture(params=["sqlite", "postgres"])
async def database(
    request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[Database]:
    sqlite = f"sqlite:///{tmp_path / 'counters'}"
    database = Database(sqlite if request.param == "sqlite" else postgres_url())
    yield await with_counters(database)
    await database.close()


async def test_a_statement_tells_how_many_rows_it_matched(database: Database) -> None:
    assert await database.run(update(COUNTERS).values(count=0)) == 2


async def test_without_a_row_there_is_none(database: Database) -> None:
    assert await database.first(select(COUNTERS).where(COUNTERS.c.id == 7)) is None


async def test_a_transaction_left_by_an_error_changes_nothing(
    database: Database,
) -> None:
    with suppress(LookupError):
        async with database.transaction() as transaction:
            await transaction.run(update(COUNTERS).values(count=5))
            raise LookupError
    assert await counted(database) == 0


async def test_a_cancelled_transaction_changes_nothing(database: Database) -> None:
    reached = asyncio.Event()

    async def hang() -> None:
        async with database.transaction() as transaction:
            await transaction.run(update(COUNTERS).values(count=5))
            reached.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(hang())
    await reached.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert await counted(database) == 0


async def test_concurrent_transactions_lose_no_write(database: Database) -> None:
    await asyncio.gather(*(add_one(database) for _ in range(50)))
    assert await counted(database) == 50


async def test_an_integrity_error_passes_as_it_is(database: Database) -> None:
    with pytest.raises(IntegrityError):
        await database.run(insert(COUNTERS), {"id": 0})


async def test_an_integrity_error_undoes_its_transaction(database: Database) -> None:
    with suppress(IntegrityError):
        async with database.transaction() as transaction:
            await transaction.run(update(COUNTERS).values(count=5))
            await transaction.run(insert(COUNTERS), {"id": 0})
    assert await counted(database) == 0


async def test_foreign_keys_are_enforced(database: Database) -> None:
    with pytest.raises(IntegrityError):
        await database.run(insert(COUNTERS), {"id": 7, "parent": 99})


async def test_a_wrong_statement_is_no_outage(database: Database) -> None:
    with pytest.raises(DBAPIError):
        await database.run(text("UPDATE nothing SET nothing = 1"))


async def test_a_purge_deletes_a_thousand_at_once(database: Database) -> None:
    await with_counters(database, count=1200)
    purged = [
        await database.purge(COUNTERS.c.id, COUNTERS.c.id >= 100) for _ in range(3)
    ]
    assert purged == [1000, 100, 0]


async def test_the_database_tells_its_time(database: Database) -> None:
    assert abs(await database.now() - utc_now()) < MINUTE


async def test_a_database_that_is_not_there_is_unavailable() -> None:
    database = Database("postgresql://ada@127.0.0.1:1/auth")
    with pytest.raises(StoreUnavailable):
        await database.ping()
    await database.close()


async def test_a_server_that_never_answers_is_unavailable_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        database = Database(f"postgresql://ada@127.0.0.1:{port}/auth", limit=SECOND)
        began = time.monotonic()
        with pytest.raises(StoreUnavailable):
            await database.ping()
        assert time.monotonic() - began < 3
        await database.close()


async def test_a_statement_over_the_limit_is_stopped_and_the_pool_stays_whole() -> None:
    database = Database(postgres_url(), pool_size=1, limit=SECOND)
    with pytest.raises(StoreUnavailable):
        await database.first(select(func.pg_sleep(60)))
    await database.ping()
    await database.close()


async def test_an_exhausted_pool_is_unavailable() -> None:
    database = Database(postgres_url(), pool_size=1, limit=SECOND)
    async with database.transaction():
        with pytest.raises(StoreUnavailable):
            await database.ping()
    await database.close()


async def test_a_connection_lost_while_idle_costs_no_error() -> None:
    database = Database(postgres_url(), pool_size=1)
    await end_connections_of(database)
    await database.ping()
    await database.close()


async def test_a_connection_lost_in_a_transaction_is_an_outage() -> None:
    database = Database(postgres_url(), pool_size=1)

    async def lose() -> None:
        async with database.transaction() as transaction:
            row = await transaction.first(PID)
            assert row is not None
            await terminate(row["pid"])
            await transaction.first(select(1))

    with pytest.raises(StoreUnavailable):
        await lose()
    await database.ping()
    await database.close()


async def test_the_loser_of_a_deadlock_is_told_so() -> None:
    database = await with_counters(Database(postgres_url()))
    both = asyncio.Barrier(2)

    async def lock(first: int, second: int) -> None:
        async with database.transaction() as transaction:
            for counter in (first, second):
                one = update(COUNTERS).where(COUNTERS.c.id == counter)
                await transaction.run(one.values(count=1))
                if counter == first:
                    await both.wait()

    outcomes = await asyncio.gather(lock(0, 1), lock(1, 0), return_exceptions=True)
    assert [type(one) for one in outcomes if one] == [Deadlocked]
    await database.close()


async def test_ten_writers_of_one_sqlite_file_lose_nothing(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'counters'}"
    databases = [Database(url) for _ in range(10)]
    await with_counters(databases[0])
    await asyncio.gather(*(add_one(one) for one in databases * 10))
    assert await counted(databases[0]) == 100
    await asyncio.gather(*(one.close() for one in databases))


async def test_a_sqlite_file_that_stays_locked_is_unavailable(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'counters'}"
    owner = await with_counters(Database(url))
    waiting = Database(url, limit=SECOND)
    async with owner.transaction():
        with pytest.raises(StoreUnavailable):
            await waiting.run(update(COUNTERS).values(count=1))
    assert await waiting.run(update(COUNTERS).values(count=1)) == 2
    await asyncio.gather(owner.close(), waiting.close())


@pytest.mark.parametrize(("durable", "synchronous"), [(True, 2), (False, 1)])
async def test_sqlite_writes_ahead_and_to_the_disk_if_durable(
    tmp_path: Path, durable: bool, synchronous: int
) -> None:
    database = Database(f"sqlite:///{tmp_path / 'counters'}", durable=durable)
    mode = await database.first(text("PRAGMA journal_mode"))
    level = await database.first(text("PRAGMA synchronous"))
    assert mode is not None
    assert level is not None
    assert [*mode.values(), *level.values()] == ["wal", synchronous]
    await database.close()


async def end_connections_of(database: Database) -> None:
    """Close the one connection of *database* from the server's side."""
    row = await database.first(PID)
    assert row is not None
    await terminate(row["pid"])
    await asyncio.sleep(0.1)


async def terminate(pid: int) -> None:
    """End the server's process *pid*."""
    other = Database(postgres_url(), pool_size=1)
    await other.first(select(func.pg_terminate_backend(pid, 5000)))
    await other.close()

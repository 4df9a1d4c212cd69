import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import (
    Column,
    Integer,
    MetaData,
    Select,
    Table,
    Uuid,
    bindparam,
    cast,
    func,
    insert,
    literal,
    select,
    text,
    type_coerce,
    update,
)
from sqlalchemy.exc import DBAPIError, StatementError

from keywright.shared.errors import StoreUnavailable
from keywright.shared.secrets import new_id
from keywright.shared.sql import Database, Hot
from keywright.shared.tables import AsciiText, Digest, UtcDateTime
from tests.mysql_server import mysql_url
from tests.servers import postgres_url

METADATA = MetaData()
THINGS = Table(
    "hot_things",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("seen_at", UtcDateTime),
    Column("digest", Digest),
    Column("word", AsciiText(20)),
    Column("count", Integer, nullable=False, default=0),
)
ONE = Hot(select(THINGS).where(THINGS.c.id == bindparam("thing")))
COUNT = Hot(
    update(THINGS)
    .where(THINGS.c.id == bindparam("thing"), THINGS.c.count == bindparam("known"))
    .values(count=THINGS.c.count + 1, seen_at=bindparam("now"))
)
SLEEP = Hot(select(func.pg_sleep(type_coerce(bindparam("seconds"), Integer))))
PID = Hot(select(func.pg_backend_pid().label("pid")))
BROKEN = Hot(select(cast(literal(1) / type_coerce(bindparam("by"), Integer), Integer)))
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture(params=["sqlite", "postgres", "mysql"])
async def database(
    request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[Database]:
    match request.param:
        case "sqlite":
            database = Database(f"sqlite:///{tmp_path / 'things'}")
        case "postgres":
            database = Database(postgres_url())
        case _:
            database = Database(mysql_url("_shared"))
    async with database.transaction() as transaction:
        await transaction.call(METADATA.drop_all)
        await transaction.call(METADATA.create_all)
    yield database
    await database.close()


@pytest.fixture
async def alone() -> AsyncIterator[Database]:
    database = Database(postgres_url(), pool_size=1, limit=timedelta(seconds=1))
    yield database
    await database.close()


async def added(database: Database) -> UUID:
    """Add a thing and return its id."""
    thing = new_id()
    values = {"id": thing, "seen_at": NOW, "digest": bytes(32), "word": "ada"}
    await database.run(insert(THINGS), values)
    return thing


async def test_a_row_has_the_same_values_either_way(database: Database) -> None:
    thing = await added(database)

    row = await database.first(ONE, {"thing": thing})
    usual = await database.first(ONE.statement, {"thing": thing})

    assert row is not None
    assert usual is not None
    assert [row[one] for one in THINGS.c] == [usual[one] for one in THINGS.c]
    assert row[THINGS.c.seen_at] == NOW
    assert row[THINGS.c.word] == "ada"


async def test_without_a_row_there_is_none(database: Database) -> None:
    assert await database.first(ONE, {"thing": new_id()}) is None


async def test_a_change_tells_how_many_rows_it_matched(database: Database) -> None:
    thing = await added(database)
    values = {"thing": thing, "known": 0, "now": NOW}
    assert [await database.run(COUNT, values) for _ in range(2)] == [1, 0]


async def test_a_naive_instant_is_refused(database: Database) -> None:
    values = {"thing": new_id(), "known": 0, "now": NOW.replace(tzinfo=None)}
    with pytest.raises((ValueError, StatementError), match="time zone"):
        await database.run(COUNT, values)


async def test_a_hundred_at_once_change_it_once(database: Database) -> None:
    thing = await added(database)
    values = {"thing": thing, "known": 0, "now": NOW}
    changed = await asyncio.gather(*(database.run(COUNT, values) for _ in range(100)))
    assert sum(changed) == 1


async def test_it_is_stopped_at_the_limit_and_the_pool_stays_whole(
    alone: Database,
) -> None:
    with pytest.raises(StoreUnavailable):
        await alone.first(SLEEP, {"seconds": 60})
    assert await alone.first(PID)


async def test_who_gives_up_leaves_no_answer_behind(alone: Database) -> None:
    asleep = asyncio.create_task(alone.first(SLEEP, {"seconds": 60}))
    await asyncio.sleep(0.1)
    asleep.cancel()
    await asyncio.gather(asleep, return_exceptions=True)
    row = await alone.first(PID)
    assert row is not None
    assert isinstance(row[_column(PID)], int)


async def test_a_connection_lost_meanwhile_is_an_outage(alone: Database) -> None:
    row = await alone.first(PID)
    assert row is not None
    asleep = asyncio.create_task(alone.first(SLEEP, {"seconds": 60}))
    other = Database(postgres_url(), pool_size=1)
    end = func.pg_terminate_backend(row[_column(PID)], 5000)
    await other.first(select(end))
    await other.close()
    with pytest.raises(StoreUnavailable):
        await asleep
    assert await alone.first(PID)


async def test_a_connection_lost_while_idle_costs_no_error(alone: Database) -> None:
    row = await alone.first(PID)
    assert row is not None
    other = Database(postgres_url(), pool_size=1)
    await other.first(select(func.pg_terminate_backend(row[_column(PID)], 5000)))
    await other.close()
    await asyncio.sleep(0.1)
    assert await alone.first(PID)


async def test_a_wrong_statement_is_no_outage_and_harms_no_connection(
    alone: Database,
) -> None:
    before = await alone.first(PID)
    with pytest.raises(DBAPIError):
        await alone.first(BROKEN, {"by": 0})
    assert await alone.first(PID) == before


async def test_it_outlives_a_change_of_the_table(database: Database) -> None:
    thing = await added(database)
    await database.first(ONE, {"thing": thing})
    await database.run(text("ALTER TABLE hot_things ADD COLUMN more INTEGER"))
    for _ in range(10):
        assert await database.first(ONE, {"thing": thing})


async def test_a_database_that_is_not_there_is_unavailable() -> None:
    database = Database("postgresql://ada@127.0.0.1:1/auth")
    with pytest.raises(StoreUnavailable):
        await database.first(PID)
    await database.close()


async def test_a_server_that_admits_nobody_is_unavailable(alone: Database) -> None:
    await alone.run(text("DROP ROLE IF EXISTS crowd"))
    await alone.run(text("CREATE ROLE crowd LOGIN CONNECTION LIMIT 0"))
    database = Database(postgres_url().replace("postgres@", "crowd@"))
    with pytest.raises(StoreUnavailable):
        await database.first(PID)
    await database.close()


async def test_who_waits_for_a_connection_is_not_passed_by_newcomers(
    alone: Database,
) -> None:
    hurried = asyncio.create_task(_ask_often(alone, 200))
    await asyncio.sleep(0)
    await alone.first(PID)
    assert not hurried.done()
    await hurried


async def _ask_often(database: Database, times: int) -> None:
    for _ in range(times):
        await database.first(PID)


def _column(hot: Hot) -> object:
    assert isinstance(hot.statement, Select)
    return next(iter(hot.statement.selected_columns))

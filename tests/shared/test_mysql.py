"""MariaDB and MySQL: what a session is set to, and what of theirs is an outage."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Column, Integer, MetaData, String, Table, insert, text, update
from sqlalchemy.exc import DBAPIError

from keywright.shared.clock import utc_now
from keywright.shared.errors import StoreUnavailable
from keywright.shared.sql import Database, Deadlocked
from tests.instants import SECOND
from tests.mysql_server import mysql_url
from tools.devservers.servers import mysql

METADATA = MetaData()
NOTES = Table(
    "notes",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("text", String(5)),
)


@pytest.fixture
async def db() -> AsyncIterator[Database]:
    """Return a database with two notes."""
    database = Database(mysql_url("_shared"))
    async with database.transaction() as transaction:
        await transaction.call(METADATA.drop_all)
        await transaction.call(METADATA.create_all)
    await database.run(insert(NOTES).values([{"id": 1}, {"id": 2}]))
    yield database
    await database.close()


async def test_the_time_is_the_servers_in_utc(db: Database) -> None:
    assert abs(await db.now() - utc_now()) < 5 * SECOND


async def test_a_transaction_reads_what_others_committed_meanwhile(
    db: Database,
) -> None:
    read = text("SELECT text FROM notes WHERE id = 1")
    async with db.transaction() as transaction:
        await transaction.first(read)
        await db.run(update(NOTES).values(text="new"))
        row = await transaction.first(read)

    assert row is not None
    assert row["text"] == "new"


async def test_a_text_that_is_too_long_is_refused_and_not_cut(db: Database) -> None:
    with pytest.raises(DBAPIError):
        await db.run(update(NOTES).values(text="longer than five"))


async def test_a_row_that_stays_the_same_counts_as_met(db: Database) -> None:
    same = update(NOTES).where(NOTES.c.id == 1).values(text="same")
    assert await db.run(same) == 1
    assert await db.run(same) == 1


async def test_of_two_that_wait_for_each_other_one_is_told_to_try_again(
    db: Database,
) -> None:
    ready = asyncio.Barrier(2)

    async def write(first: int, second: int) -> None:
        async with db.transaction() as transaction:
            for note in (first, second):
                await transaction.run(
                    update(NOTES).where(NOTES.c.id == note).values(text="mine")
                )
                if note == first:
                    await ready.wait()

    ended = await asyncio.gather(write(1, 2), write(2, 1), return_exceptions=True)

    assert [type(one) for one in ended if one is not None] == [Deadlocked]


async def test_a_lock_that_is_not_to_be_had_is_an_outage_in_time(db: Database) -> None:
    hasty = Database(mysql_url("_shared"), limit=timedelta(milliseconds=600))
    async with db.transaction() as transaction:
        await transaction.run(update(NOTES).values(text="held"))
        began = utc_now()
        with pytest.raises(StoreUnavailable):
            await hasty.run(update(NOTES).values(text="mine"))
        assert utc_now() - began < 2 * SECOND
    assert await hasty.run(update(NOTES).values(text="mine")) == 2
    await hasty.close()


async def test_a_server_that_hangs_is_an_outage_and_then_answers_again(
    tmp_path: Path,
) -> None:
    server = mysql(tmp_path)
    database = Database(server.url, limit=SECOND)
    try:
        await database.ping()
        os.kill(server.pid, signal.SIGSTOP)
        await asyncio.sleep(0.2)  # until all its threads have stopped
        with pytest.raises(StoreUnavailable):
            await database.ping()
        os.kill(server.pid, signal.SIGCONT)
        await asyncio.sleep(0.2)
        await database.ping()
    finally:
        os.kill(server.pid, signal.SIGCONT)
        await database.close()
        server.stop()

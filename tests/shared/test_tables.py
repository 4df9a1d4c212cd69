from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, insert, make_url, select
from sqlalchemy.exc import StatementError
from sqlalchemy.schema import CreateTable

from keywright.shared.sql import Database
from keywright.shared.tables import AsciiText, Base, SealedText, UtcDateTime, binary
from tests.instants import NOW
from tests.servers import postgres_url

TABLE = Table(
    "kept_instants",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("at", UtcDateTime()),
    Column("digest", binary(32)),
    Column("word", AsciiText(16)),
    Column("sealed", SealedText()),
)


async def kept(url: str, value: datetime | None) -> object:
    """Return what comes back of *value* from the database at *url*."""
    database = Database(url)
    try:
        async with database.transaction() as transaction:
            await transaction.call(TABLE.metadata.drop_all)
            await transaction.call(TABLE.metadata.create_all)
        await database.run(insert(TABLE), {"id": 1, "at": value})
        row = await database.first(select(TABLE))
    finally:
        await database.close()
    assert row is not None
    return row[TABLE.c.at]


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    sqlite = request.param == "sqlite"
    return f"sqlite:///{tmp_path / 'kept'}" if sqlite else postgres_url()


async def test_an_instant_comes_back_aware_and_in_utc(url: str) -> None:
    berlin = timezone(timedelta(hours=1))
    came_back = await kept(url, NOW.astimezone(berlin))
    assert isinstance(came_back, datetime)
    assert came_back == NOW
    assert came_back.utcoffset() == timedelta(0)


async def test_an_instant_keeps_whole_milliseconds(url: str) -> None:
    assert await kept(url, NOW + timedelta(microseconds=999)) == NOW


async def test_no_instant_stays_none(url: str) -> None:
    assert await kept(url, None) is None


async def test_a_naive_instant_is_refused(url: str) -> None:
    with pytest.raises(StatementError, match="time zone"):
        await kept(url, NOW.replace(tzinfo=None))


@pytest.mark.parametrize(
    ("backend", "types"),
    [
        ("postgresql", ["TIMESTAMP WITH TIME ZONE", "BYTEA", "VARCHAR(16)", "TEXT"]),
        (
            "mysql",
            ["DATETIME(6)", "BINARY(32)", "VARBINARY(16)", "MEDIUMBLOB"],
        ),
    ],
)
def test_types_are_spelled_so_that_they_compare_exactly(
    backend: str, types: list[str]
) -> None:
    dialect = make_url(f"{backend}://").get_dialect()()
    created = str(CreateTable(TABLE).compile(dialect=dialect))
    assert [one for one in types if one not in created] == []


def test_every_constraint_and_index_has_a_name_of_its_own() -> None:
    tables = Base.metadata.sorted_tables
    names = [one.name for table in tables for one in table.constraints]
    names += [one.name for table in tables for one in table.indexes]
    assert None not in names
    assert len(names) == len(set(names))

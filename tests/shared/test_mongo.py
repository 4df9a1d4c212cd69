"""MongoDB: what is an outage, what counts together, what a standalone server lacks."""

import asyncio
import os
import signal
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from pymongo import ReadPreference
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import (
    DuplicateKeyError,
    OperationFailure,
    PyMongoError,
    ServerSelectionTimeoutError,
    WriteConcernError,
    WriteError,
)

from keywright.features.outbox.documents import LETTERS
from keywright.features.outbox.mongo import Letters, change
from keywright.features.users.documents import USERS
from keywright.features.users.mongo import Users
from keywright.shared.clock import utc_now
from keywright.shared.errors import StoreUnavailable
from keywright.shared.mongo import (
    STANDALONE,
    Documents,
    MongoDatabase,
    is_outage,
    kind,
    schema,
)
from keywright.shared.mongo_schema import differences, prepare
from tests.contracts.races import race
from tests.features.outbox.builders import letter
from tests.features.users.builders import user
from tests.instants import NOW, SECOND
from tests.servers import mongo_url
from tests.standalone_mongo import standalone
from tools.devservers.mongos import mongo
from tools.devservers.processes import Server, free_port

SOON = timedelta(milliseconds=600)
COUNTERS = Documents("counters", schema(["count"], {"count": kind("int")}))


@asynccontextmanager
async def opened(
    url: str, limit: timedelta = 5 * SECOND
) -> AsyncGenerator[MongoDatabase, None]:
    database = MongoDatabase(url, limit=limit)
    yield database
    await database.close()


@pytest.fixture
async def db() -> AsyncIterator[MongoDatabase]:
    """Return an empty database with the collection of counters."""
    async with opened(mongo_url("_shared")) as found:
        await found.drop()
        await prepare(found, [COUNTERS])
        yield found
        await found.drop()


@contextmanager
def own(folder: Path) -> Iterator[Server]:
    """Start a server that the test may stop."""
    server = mongo(folder)
    try:
        yield server
    finally:
        os.kill(server.pid, signal.SIGCONT)
        server.stop()


async def test_the_time_is_the_servers(db: MongoDatabase) -> None:
    instant = await db.now()

    assert abs(instant - utc_now()) < 5 * SECOND
    assert instant.microsecond % 1000 == 0


async def test_a_server_that_is_not_there_is_an_outage() -> None:
    async with opened(f"mongodb://127.0.0.1:{free_port()}", SOON) as database:
        with pytest.raises(StoreUnavailable):
            await database.ping()


async def test_a_server_that_hangs_is_an_outage_in_time(tmp_path: Path) -> None:
    with own(tmp_path) as server:
        async with opened(server.url, SECOND) as database:
            await database.ping()
            os.kill(server.pid, signal.SIGSTOP)
            await asyncio.sleep(0.2)  # until all its threads have stopped
            began = utc_now()
            with pytest.raises(StoreUnavailable):
                await database.ping()
            assert utc_now() - began < 2 * SECOND


async def test_a_server_that_hung_is_found_again(tmp_path: Path) -> None:
    with own(tmp_path) as server:
        async with opened(server.url) as database:
            os.kill(server.pid, signal.SIGSTOP)
            pinged = asyncio.create_task(database.ping())
            await asyncio.sleep(0.5)
            os.kill(server.pid, signal.SIGCONT)
            await pinged


async def test_an_address_cannot_weaken_what_is_kept() -> None:
    url = mongo_url() + "&w=0&readPreference=secondary&readConcernLevel=local"
    async with opened(url) as database:
        collection = database.collection(COUNTERS)

        assert collection.write_concern.document == {"w": "majority", "j": True}
        assert collection.read_concern.level == "majority"
        assert collection.read_preference == ReadPreference.PRIMARY


def test_an_unusable_address_is_refused_without_being_repeated() -> None:
    with pytest.raises(ValueError, match="cannot be used") as refused:
        MongoDatabase("mongodb://u:s3cret@host:port/db")
    assert "s3cret" not in str(refused.value)


async def test_what_is_done_together_counts_all_or_none(db: MongoDatabase) -> None:
    counters = db.collection(COUNTERS)

    async def both(session: AsyncClientSession | None) -> None:
        await counters.insert_one({"_id": 1, "count": 1}, session=session)
        await counters.insert_one({"_id": 1, "count": 2}, session=session)

    with pytest.raises(DuplicateKeyError):
        await db.together(both)
    assert await db.run(counters.count_documents({})) == 0


async def test_what_meets_a_conflict_is_done_again(db: MongoDatabase) -> None:
    counters = db.collection(COUNTERS)
    await db.run(counters.insert_one({"_id": 1, "count": 0}))

    async def raise_count(_: int) -> None:
        async def read_and_write(session: AsyncClientSession | None) -> None:
            found = await counters.find_one({"_id": 1}, session=session)
            assert found is not None
            changes = {"$set": {"count": found["count"] + 1}}
            await counters.update_one({"_id": 1}, changes, session=session)

        await db.together(read_and_write)

    await race(raise_count, racers=8)

    found = await db.run(counters.find_one({"_id": 1}))
    assert found is not None
    assert found["count"] == 8


async def test_a_letter_that_cannot_be_kept_undoes_its_cause(db: MongoDatabase) -> None:
    await prepare(db, [USERS, LETTERS])
    row = user()
    await Users(db).add(row)
    no_text: object = 7
    wrong = letter(kind=no_text)  # type: ignore[arg-type]  # what no store may keep

    with pytest.raises(WriteError):
        await change(db, USERS, {"_id": row.id}, {"$set": {"epoch": 1}}, letter=wrong)
    assert await Users(db).by_id(row.id) == row


@pytest.mark.parametrize(
    "document", [{}, {"count": "one"}, {"count": 1, "is_admin": True}]
)
async def test_a_document_of_another_form_is_refused(
    db: MongoDatabase, document: dict[str, object]
) -> None:
    with pytest.raises(WriteError):
        await db.run(db.collection(COUNTERS).insert_one(document))


async def test_a_replica_set_lacks_nothing(db: MongoDatabase) -> None:
    assert await db.shortcomings() == []


async def test_a_standalone_server_works_and_says_what_it_lacks(tmp_path: Path) -> None:
    with standalone(tmp_path) as url:
        async with opened(url) as database:
            await prepare(database, [USERS, LETTERS])
            users, note, row = Users(database), letter(), user()
            await users.add(row)

            assert await database.shortcomings() == [STANDALONE]
            assert await users.replace_password(
                row.id, "new", epoch=0, now=NOW, letter=note
            )
            assert await Letters(database).oldest() == note.created_at
            assert await differences(database, [USERS, LETTERS]) == []


@pytest.mark.parametrize(
    ("error", "is_one"),
    [
        (ServerSelectionTimeoutError("nobody"), True),
        (WriteConcernError("not by the majority", 64), True),
        (OperationFailure("shutdown", 91), True),
        (OperationFailure("refused", 18), True),
        (OperationFailure("what is this", 59), False),
        (DuplicateKeyError("twice", 11000), False),
        (WriteError("not of the form", 121), False),
    ],
)
def test_what_tells_of_the_server_is_an_outage(
    error: PyMongoError, is_one: bool
) -> None:
    assert is_outage(error) is is_one

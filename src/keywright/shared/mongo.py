"""MongoDB: collections whose answers have a time limit.

Writes are acknowledged by the majority, reads come from the primary. Where the server
is a replica set, a letter is recorded in one transaction with its cause; a standalone
server has no transactions, and there the letter follows its cause.

The driver repeats a write of one document when the answer got lost: the server knows
its number and does it once. Besides, transactions are repeated that were undone.
"""

from collections.abc import (
    AsyncGenerator,
    Awaitable,
    Callable,
    Coroutine,
    Mapping,
    Sequence,
)
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

from bson.codec_options import CodecOptions
from pymongo import AsyncMongoClient, IndexModel, ReadPreference, timeout
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import (
    ConfigurationError,
    ConnectionFailure,
    OperationFailure,
    PyMongoError,
    WriteConcernError,
)
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from keywright.shared.clock import whole_milliseconds
from keywright.shared.errors import StoreUnavailable
from keywright.shared.time_limit import TimeLimit

Fields = dict[str, Any]
T = TypeVar("T")

TIME_LIMIT: Final = timedelta(seconds=5)
DRIVERS_SHARE: Final = 0.9
"""The driver gives up a little earlier, so that its connections stay whole."""

PURGED_AT_ONCE: Final = 1000
DEFAULT_NAME: Final = "auth"
MAJORITY: Final = WriteConcern("majority", j=True)
COMMITTED: Final = ReadConcern("majority")

TRANSIENT: Final = ("RetryableWriteError", "TransientTransactionError")
REFUSALS: Final = frozenset({13, 18})
OUTAGES: Final = frozenset({50, 91, 112, 133, 134, 189, 246, 262, 11600, 11602, 14031})
"""What a server says that cannot answer at the moment, or lets nobody in.

Time, shutdown, conflict, no member to ask, nothing committed yet, no primary, snapshot,
time again, interrupted twice, disk.
"""

STANDALONE: Final = (
    "MongoDB runs as a standalone server, which has no transactions: a crash between a "
    "step and its e-mail loses the e-mail, and a lost answer is not repeated. A "
    "replica set, even of one member, has neither flaw."
)


@dataclass(frozen=True, slots=True)
class Documents:
    """A collection: its name, what its documents must look like, and its indexes."""

    name: str
    validator: Mapping[str, object]
    indexes: Sequence[IndexModel] = ()


class MongoDatabase:
    """One database; what keeps it from answering in time is `StoreUnavailable`."""

    def __init__(
        self, url: str, *, pool_size: int = 50, limit: timedelta = TIME_LIMIT
    ) -> None:
        """Take a *url* such as `mongodb://host/name`; connections are made when needed.

        The name of the database is `auth` unless the URL says otherwise. Raise
        ValueError for a URL that cannot be used; the text repeats no part of it.
        """
        self._seconds = limit.total_seconds()
        milliseconds = int(self._seconds * 1000 * DRIVERS_SHARE)
        try:
            self._client: AsyncMongoClient[Fields] = AsyncMongoClient(
                url,
                uuidRepresentation="standard",
                tz_aware=True,
                maxPoolSize=pool_size,
                timeoutMS=milliseconds,
                serverSelectionTimeoutMS=milliseconds,
                connectTimeoutMS=milliseconds,
                retryReads=True,
                retryWrites=True,
            )
        except (ConfigurationError, ValueError) as error:
            raise ValueError("The address of MongoDB cannot be used.") from error
        options: CodecOptions[Fields] = self._client.codec_options
        self.database: AsyncDatabase[Fields] = self._client.get_default_database(
            DEFAULT_NAME,
            codec_options=options,
            read_preference=ReadPreference.PRIMARY,
            write_concern=MAJORITY,
            read_concern=COMMITTED,
        )
        self._place = f"The database at {urlsplit(url).netloc.rpartition('@')[2]}"
        self._is_replicated: bool | None = None

    def collection(self, documents: Documents) -> AsyncCollection[Fields]:
        """Return the collection that keeps *documents*."""
        return self.database[documents.name]

    async def run(self, work: Awaitable[T]) -> T:
        """Return what *work* returns, within the time limit."""
        async with self._within():
            return await work

    async def together(
        self, work: Callable[[AsyncClientSession | None], Coroutine[Any, Any, T]]
    ) -> T:
        """Return what *work* returns; all its writes count or none of them.

        *work* may run again after a conflict. On a standalone server it gets no
        session, and its writes count one by one.
        """
        async with self._within():
            if not await self._has_transactions():
                return await work(None)
            with timeout(self._seconds * DRIVERS_SHARE):
                async with self._client.start_session() as session:
                    return await session.with_transaction(
                        work, COMMITTED, MAJORITY, ReadPreference.PRIMARY
                    )

    async def is_replicated(self) -> bool:
        """Say whether the server has transactions."""
        async with self._within():
            return await self._has_transactions()

    async def shortcomings(self) -> list[str]:
        """Return what the server, as it was set up, cannot give; often nothing."""
        return [] if await self.is_replicated() else [STANDALONE]

    async def drop(self) -> None:
        """Remove the whole database."""
        await self.run(self._client.drop_database(self.database))

    async def ping(self) -> None:
        """Return once the primary has answered, or raise `StoreUnavailable`."""
        await self.run(self.database.command("ping"))

    async def now(self) -> datetime:
        """Return the server's time."""
        answer = await self.run(self._client.admin.command("hello"))
        instant: datetime = answer["localTime"]
        return whole_milliseconds(instant)

    async def close(self) -> None:
        """Close all connections."""
        async with self._within():
            await self._client.close()

    async def _has_transactions(self) -> bool:
        if self._is_replicated is None:
            hello = await self._client.admin.command("hello")
            self._is_replicated = "setName" in hello or hello.get("msg") == "isdbgrid"
        return self._is_replicated

    @asynccontextmanager
    async def _within(self) -> AsyncGenerator[None, None]:
        cleanup = self._seconds * (1 - DRIVERS_SHARE)
        limit = TimeLimit(self._seconds, cleanup=cleanup)
        limit.start()
        try:
            yield
        except BaseException as error:
            is_late = limit.stop(error)
            if is_late or (isinstance(error, PyMongoError) and is_outage(error)):
                raise StoreUnavailable(self._place) from error
            raise
        else:
            limit.stop(None)


def is_outage(error: PyMongoError) -> bool:
    """Say whether *error* tells of the server's state, not of what it was asked.

    A write that the majority did not acknowledge may yet be undone, so it counts as
    not having happened.
    """
    if error.timeout or isinstance(error, ConnectionFailure | WriteConcernError):
        return True
    if any(error.has_error_label(label) for label in TRANSIENT):
        return True
    code = error.code if isinstance(error, OperationFailure) else None
    return code in OUTAGES or code in REFUSALS


def schema(
    required: Sequence[str], properties: Mapping[str, object]
) -> Mapping[str, object]:
    """Return a validator for documents with these members and no others."""
    return {
        "$jsonSchema": {
            "bsonType": "object",
            "required": ["_id", *required],
            "properties": {"_id": {}, **properties},
            "additionalProperties": False,
        }
    }


def kind(*names: str) -> Mapping[str, object]:
    """Return the schema of a member of one of the BSON types *names*."""
    return {"bsonType": list(names)}


async def purge(
    db: MongoDatabase, documents: Documents, condition: Mapping[str, object]
) -> int:
    """Delete up to 1000 documents that meet *condition*; return how many."""
    collection = db.collection(documents)
    found = collection.find(condition, {"_id": 1}).limit(PURGED_AT_ONCE)
    ids = [one["_id"] for one in await db.run(found.to_list())]
    if not ids:
        return 0
    deleted = await db.run(collection.delete_many({"_id": {"$in": ids}, **condition}))
    return deleted.deleted_count

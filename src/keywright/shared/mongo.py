"""MongoDB: collections whose answers have a time limit.

Writes are acknowledged by the majority, reads come from the primary. Where the server
is a replica set, a letter is recorded in one transaction with its cause; a standalone
server has no transactions, and there the letter follows its cause.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

from bson.codec_options import CodecOptions
from pymongo import AsyncMongoClient, IndexModel
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.errors import (
    AutoReconnect,
    ConnectionFailure,
    ExecutionTimeout,
    NetworkTimeout,
    NotPrimaryError,
    OperationFailure,
    PyMongoError,
    ServerSelectionTimeoutError,
    WTimeoutError,
)
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from keywright.shared.clock import whole_milliseconds
from keywright.shared.errors import StoreUnavailable

Fields = dict[str, Any]
T = TypeVar("T")
TIME_LIMIT: Final = timedelta(seconds=5)
PURGED_AT_ONCE: Final = 1000
TRIES: Final = 10
DEFAULT_NAME: Final = "auth"
OUTAGES: Final = (
    AutoReconnect,
    ConnectionFailure,
    ExecutionTimeout,
    NetworkTimeout,
    NotPrimaryError,
    ServerSelectionTimeoutError,
    WTimeoutError,
    TimeoutError,
)
INTERRUPTED: Final = frozenset({11600, 11602, 91, 189, 10107, 13435})


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

        The name of the database is `auth` unless the URL says otherwise.
        """
        self._seconds = limit.total_seconds()
        milliseconds = int(self._seconds * 1000 * 0.9)
        self._client: AsyncMongoClient[Fields] = AsyncMongoClient(
            url,
            uuidRepresentation="standard",
            tz_aware=True,
            maxPoolSize=pool_size,
            timeoutMS=milliseconds,
            serverSelectionTimeoutMS=milliseconds,
            connectTimeoutMS=milliseconds,
            retryWrites=True,
        )
        options: CodecOptions[Fields] = self._client.codec_options
        self._database = self._client.get_default_database(
            DEFAULT_NAME,
            codec_options=options,
            write_concern=WriteConcern("majority", j=True),
            read_concern=ReadConcern("majority"),
        )
        self._is_replicated: bool | None = None

    @property
    def name(self) -> str:
        """Return the name of the database."""
        return self._database.name

    def collection(self, documents: Documents) -> AsyncCollection[Fields]:
        """Return the collection that keeps *documents*."""
        return self._database[documents.name]

    async def run(self, work: Awaitable[T]) -> T:
        """Return what *work* returns, within the time limit."""
        async with self._within():
            return await work

    async def together(
        self, work: Callable[[AsyncClientSession | None], Awaitable[T]]
    ) -> T:
        """Return what *work* returns; all its writes count or none of them.

        *work* may run again after a conflict. On a standalone server it gets no
        session, and its writes count one by one.
        """
        async with self._within():
            if not await self._has_transactions():
                return await work(None)
            for _ in range(TRIES):
                try:
                    return await self._in_transaction(work)
                except PyMongoError as error:
                    if not error.has_error_label("TransientTransactionError"):
                        raise
            raise StoreUnavailable

    async def _in_transaction(
        self, work: Callable[[AsyncClientSession | None], Awaitable[T]]
    ) -> T:
        async with (
            self._client.start_session() as session,
            await session.start_transaction(),
        ):
            return await work(session)

    async def is_replicated(self) -> bool:
        """Say whether the server has transactions."""
        async with self._within():
            return await self._has_transactions()

    async def prepare(self, every: Sequence[Documents]) -> None:
        """Create or change the collections and their indexes; harmless to repeat."""
        known = set(await self.run(self._database.list_collection_names()))
        for documents in every:
            if documents.name not in known:
                await self.run(self._create(documents.name))
            await self.run(
                self._database.command(
                    "collMod",
                    documents.name,
                    validator=documents.validator,
                    validationLevel="strict",
                )
            )
            if documents.indexes:
                await self.run(
                    self.collection(documents).create_indexes(list(documents.indexes))
                )

    async def drop(self) -> None:
        """Remove the whole database."""
        await self.run(self._client.drop_database(self._database))

    async def ping(self) -> None:
        """Return once the server has answered, or raise `StoreUnavailable`."""
        await self.run(self._database.command("ping"))

    async def now(self) -> datetime:
        """Return the server's time."""
        answer = await self.run(self._client.admin.command("hello"))
        instant: datetime = answer["localTime"]
        return whole_milliseconds(instant)

    async def close(self) -> None:
        """Close all connections."""
        await self._client.close()

    async def _create(self, name: str) -> None:
        try:
            await self._database.create_collection(name)
        except OperationFailure as error:
            if error.code != NAMESPACE_EXISTS:
                raise

    async def _has_transactions(self) -> bool:
        if self._is_replicated is None:
            hello = await self._client.admin.command("hello")
            self._is_replicated = "setName" in hello or hello.get("msg") == "isdbgrid"
        return self._is_replicated

    @asynccontextmanager
    async def _within(self) -> AsyncGenerator[None, None]:
        try:
            async with asyncio.timeout(self._seconds):
                yield
        except OUTAGES as error:
            raise StoreUnavailable from error
        except OperationFailure as error:
            if error.code in INTERRUPTED:
                raise StoreUnavailable from error
            raise


NAMESPACE_EXISTS: Final = 48


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

"""The MongoDB stores, in a database of their own for each test process."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

from keywright.features.audit.mongo import AuditLog
from keywright.features.challenges.mongo import Challenges
from keywright.features.ended_sessions.mongo import EndedSessions
from keywright.features.identities.mongo import Identities
from keywright.features.keys.mongo import Keys
from keywright.features.lockout.mongo import FailureCounts
from keywright.features.oauth.mongo import Transactions
from keywright.features.opaque_sessions.mongo import Sessions
from keywright.features.outbox.documents import LETTERS
from keywright.features.outbox.mongo import Letters, letter_of
from keywright.features.outbox.types import Letter
from keywright.features.rate_limits.mongo import Limiter
from keywright.features.refresh_tokens.mongo import Families
from keywright.features.users.mongo import Users
from keywright.migrations.collections import EVERY
from keywright.shared.mongo import MongoDatabase
from keywright.shared.mongo_schema import prepare
from tests.contracts.stores import Place, Stores
from tests.instants import PATIENT
from tests.places import address
from tests.standalone_mongo import standalone

LONG = 10**9

_made: set[str] = set()


@asynccontextmanager
async def open_mongo(url: str, *, anew: bool) -> AsyncGenerator[Place, None]:
    """Open the stores in the database at *url*.

    *anew* makes its collections, once in a process.
    """
    database = MongoDatabase(url, limit=PATIENT)
    if anew and url not in _made:
        _made.add(url)
        await database.drop()
        await prepare(database, EVERY)
        await _keep_what_expired(database)
    stores = _stores(database)

    async def fresh() -> Stores:
        for documents in EVERY:
            await database.run(database.collection(documents).delete_many({}))
        return stores

    yield Place(stores=stores, fresh=fresh)
    await database.close()


@asynccontextmanager
async def open_standalone(folder: Path, *, anew: bool) -> AsyncGenerator[Place, None]:
    """Open the stores on a server without transactions, which is started for them."""
    address("mongo", "TEST_MONGO_URL")
    data = folder / "standalone"
    data.mkdir()
    with standalone(data) as url:
        async with open_mongo(f"{url}/contracts", anew=anew) as place:
            yield place


async def _keep_what_expired(database: MongoDatabase) -> None:
    """Let MongoDB remove nothing: the instants of the tests have passed long ago."""
    for documents in EVERY:
        for index in documents.indexes:
            if "expireAfterSeconds" in index.document:
                change = {"name": index.document["name"], "expireAfterSeconds": LONG}
                await database.database.command("collMod", documents.name, index=change)


def _stores(database: MongoDatabase) -> Stores:
    async def letter(letter_id: UUID) -> Letter | None:
        letters = database.collection(LETTERS)
        found = await database.run(letters.find_one({"_id": letter_id}))
        return None if found is None else letter_of(found)

    return Stores(
        users=Users(database),
        outbox=Letters(database),
        challenges=Challenges(database),
        identities=Identities(database),
        transactions=Transactions(database),
        families=Families(database),
        ended=EndedSessions(database),
        sessions=Sessions(database),
        keys=Keys(database),
        limiter=Limiter(database),
        failures=FailureCounts(database),
        audit=AuditLog(database),
        letter=letter,
    )

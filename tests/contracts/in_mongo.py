"""The MongoDB stores, in a database of their own for each test process."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from keywright.features.audit.mongo import AuditLog
from keywright.features.challenges.mongo import Challenges
from keywright.features.ended_sessions.mongo import EndedSessions
from keywright.features.identities.mongo import Identities
from keywright.features.keys.mongo import Keys
from keywright.features.lockout.mongo import FailureCounts
from keywright.features.oauth.mongo import Transactions
from keywright.features.opaque_sessions.mongo import Sessions
from keywright.features.outbox.mongo import Letters
from keywright.features.rate_limits.mongo import Limiter
from keywright.features.refresh_tokens.mongo import Families
from keywright.features.users.mongo import Users
from tests.contracts.behind_mongo import Behind
from tests.contracts.stores import Place, Stores
from tests.places import address
from tests.standalone_mongo import standalone

_made: set[str] = set()


@asynccontextmanager
async def open_mongo(url: str, *, anew: bool) -> AsyncGenerator[Place, None]:
    """Open the stores in the database at *url*.

    *anew* makes its collections, once in a process.
    """
    behind = Behind(url)
    if anew and url not in _made:
        _made.add(url)
        await behind.make()
    stores = _stores(behind)

    async def fresh() -> Stores:
        await behind.empty()
        return stores

    yield Place(stores=stores, fresh=fresh)
    await behind.close()


@asynccontextmanager
async def open_standalone(folder: Path, *, anew: bool) -> AsyncGenerator[Place, None]:
    """Open the stores on a server without transactions, which is started for them."""
    address("mongo", "TEST_MONGO_URL")
    data = folder / "standalone"
    data.mkdir()
    with standalone(data) as url:
        async with open_mongo(f"{url}/contracts", anew=anew) as place:
            yield place


def _stores(behind: Behind) -> Stores:
    database = behind.database
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
        letter=behind.letter,
    )

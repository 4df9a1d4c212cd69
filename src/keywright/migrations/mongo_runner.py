"""Bring a MongoDB database's collections to what this version needs, and compare them.

The revision is a digest of all definitions, so no change of one can be forgotten. What
is done is harmless to repeat: servers that start together may meet.
"""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Final

from keywright.migrations.choice import RevisionUnknown, Runner
from keywright.migrations.collections import EVERY
from keywright.shared.mongo import Documents, MongoDatabase, kind, schema
from keywright.shared.mongo_schema import canonical, differences, prepare, remove
from keywright.shared.secrets import digest

LIMIT: Final = timedelta(minutes=10)
"""How long one step may take; collections can be large."""

SHOWN: Final = 12
BASE: Final = "base"
REVISION: Final = Documents(
    "keywright_revision", schema(["revision"], {"revision": kind("string")})
)
THE_ONE: Final = {"_id": "schema"}


def head() -> str:
    """Return the newest revision."""
    return digest(canonical(EVERY).encode()).hex()[:SHOWN]


async def migrate(url: str) -> None:
    """Bring the collections to the newest revision; without need nothing happens."""
    async with _open(url) as db:
        await prepare(db, [*EVERY, REVISION])
        revision = {"$set": {"revision": head()}}
        revisions = db.collection(REVISION)
        await db.run(revisions.update_one(THE_ONE, revision, upsert=True))


async def revert(url: str, revision: str) -> None:
    """Remove the collections, for `base` is all that can be gone back to."""
    if revision != BASE:
        raise RevisionUnknown(revision)
    async with _open(url) as db:
        await remove(db, [*EVERY, REVISION])


async def current(url: str) -> str | None:
    """Return the revision that the collections have, or None without any."""
    async with _open(url) as db:
        return await revision_of(db)


async def revision_of(db: MongoDatabase) -> str | None:
    """Return the revision that was recorded in *db*, or None."""
    found = await db.run(db.collection(REVISION).find_one(THE_ONE))
    return None if found is None else str(found["revision"])


async def check(url: str) -> Sequence[str]:
    """Return how the collections differ from what this version needs."""
    async with _open(url) as db:
        revision = await revision_of(db)
        found = await differences(db, EVERY)
    if revision != head():
        return [f"revision: {revision}, expected {head()}", *found]
    return found


async def create(url: str) -> None:
    """See whether the server answers; MongoDB makes a database when it is written."""
    db = MongoDatabase(url, pool_size=1)
    try:
        await db.ping()
    finally:
        await db.close()


async def drop(url: str) -> None:
    """Delete the database with all it holds; without one nothing happens."""
    async with _open(url) as db:
        await db.drop()


@asynccontextmanager
async def _open(url: str) -> AsyncGenerator[MongoDatabase, None]:
    # Work may take long, but nobody waits long for a server that is not there.
    await create(url)
    db = MongoDatabase(url, pool_size=2, limit=LIMIT)
    try:
        yield db
    finally:
        await db.close()


collections_runner: Final = Runner(
    head=head,
    create=create,
    drop=drop,
    migrate=migrate,
    revert=revert,
    current=current,
    check=check,
)

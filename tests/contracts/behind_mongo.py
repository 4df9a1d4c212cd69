"""A look into a MongoDB database, behind the backs of its stores."""

from uuid import UUID

from keywright.features.outbox.documents import LETTERS
from keywright.features.outbox.mongo import letter_of
from keywright.features.outbox.types import Letter
from keywright.shared.mongo import MongoDatabase
from keywright.shared.mongo_schema import prepare
from tests.blueprints.collections import EVERY
from tests.instants import PATIENT

LONG = 10**9


class Behind:
    """Makes the collections of one database anew, empties them, and reads letters."""

    def __init__(self, url: str) -> None:
        """Take what lies at *url*; it is connected to when needed."""
        self.database = MongoDatabase(url, limit=PATIENT)

    async def make(self) -> None:
        """Make all collections, whatever there was before.

        Let MongoDB remove nothing: the instants of the tests have passed long ago.
        """
        await self.database.drop()
        await prepare(self.database, EVERY)
        command = self.database.database.command
        for documents in EVERY:
            for index in documents.indexes:
                if "expireAfterSeconds" in index.document:
                    name = index.document["name"]
                    change = {"name": name, "expireAfterSeconds": LONG}
                    await command("collMod", documents.name, index=change)

    async def empty(self) -> None:
        """Remove every document."""
        for documents in EVERY:
            collection = self.database.collection(documents)
            await self.database.run(collection.delete_many({}))

    async def letter(self, letter_id: UUID) -> Letter | None:
        """Return a letter of the outbox as it is kept."""
        letters = self.database.collection(LETTERS)
        found = await self.database.run(letters.find_one({"_id": letter_id}))
        return None if found is None else letter_of(found)

    async def close(self) -> None:
        """Close every connection."""
        await self.database.close()

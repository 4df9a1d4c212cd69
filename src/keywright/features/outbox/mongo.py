"""Letters in MongoDB."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from pymongo import ReturnDocument
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.errors import DuplicateKeyError

from keywright.features.outbox.documents import LETTERS
from keywright.features.outbox.types import Letter, LetterStatus
from keywright.shared.mongo import Documents, Fields, MongoDatabase, purge
from keywright.shared.secrets import BEFORE_ALL

OLDEST_FIRST = [("created_at", 1), ("_id", 1)]


class Letters:
    """The outbox, by the letters' ids."""

    def __init__(self, db: MongoDatabase) -> None:
        self._db = db
        self._letters = db.collection(LETTERS)

    async def put(self, letter: Letter) -> None:
        try:
            await self._db.run(self._letters.insert_one(letter_fields(letter)))
        except DuplicateKeyError:
            return

    async def claim(
        self, *, lease: UUID, until: datetime, now: datetime, most: int
    ) -> Sequence[Letter]:
        claimed: list[Letter] = []
        while len(claimed) < most:
            found = await self._db.run(
                self._letters.find_one_and_update(
                    {
                        "status": LetterStatus.WAITING,
                        "due_at": {"$lte": now},
                        "_id": {"$nin": [letter.id for letter in claimed]},
                    },
                    {
                        "$set": {"lease": lease, "due_at": until},
                        "$inc": {"attempts": 1},
                    },
                    sort=OLDEST_FIRST,
                    return_document=ReturnDocument.AFTER,
                )
            )
            if found is None:
                break
            claimed.append(letter_of(found))
        return claimed

    async def sent(self, letter_id: UUID, *, lease: UUID) -> bool:
        return await self._close(letter_id, lease, LetterStatus.SENT, "")

    async def postpone(self, letter_id: UUID, *, lease: UUID, until: datetime) -> bool:
        return await self._change(letter_id, lease, {"due_at": until, "lease": None})

    async def abandon(self, letter_id: UUID, *, lease: UUID, reason: str) -> bool:
        return await self._close(letter_id, lease, LetterStatus.ABANDONED, reason)

    async def oldest(self) -> datetime | None:
        found = await self._db.run(
            self._letters.find_one(
                {"status": LetterStatus.WAITING}, sort=[("created_at", 1)]
            )
        )
        return None if found is None else found["created_at"]

    async def waiting(self, last: UUID | None, *, most: int) -> Sequence[Letter]:
        found = self._letters.find(
            {"_id": {"$gt": last or BEFORE_ALL}, "status": LetterStatus.WAITING}
        )
        ordered = found.sort("_id", 1).limit(most)
        return [letter_of(one) for one in await self._db.run(ordered.to_list())]

    async def purge(self, *, before: datetime) -> int:
        return await purge(self._db, LETTERS, {"expires_at": {"$lt": before}})

    async def _close(
        self, letter_id: UUID, lease: UUID, status: LetterStatus, reason: str
    ) -> bool:
        closed = {"status": status, "sealed": "", "lease": None, "reason": reason}
        return await self._change(letter_id, lease, closed)

    async def _change(
        self, letter_id: UUID, lease: UUID, values: Mapping[str, object]
    ) -> bool:
        result = await self._db.run(
            self._letters.update_one(
                {"_id": letter_id, "lease": lease}, {"$set": values}
            )
        )
        return result.matched_count == 1


async def change(
    db: MongoDatabase,
    documents: Documents,
    condition: Mapping[str, object],
    update: Mapping[str, Any],
    *,
    letter: Letter | None,
) -> bool:
    """Update the one document that meets *condition*, and record *letter* with it.

    Return False, recording nothing, if there is no such document.
    """
    collection = db.collection(documents)
    if letter is None:
        result = await db.run(collection.update_one(condition, update))
        return result.matched_count == 1

    async def both(session: AsyncClientSession | None) -> bool:
        result = await collection.update_one(condition, update, session=session)
        if result.matched_count != 1:
            return False
        await record(db.collection(LETTERS), letter, session=session)
        return True

    return await db.together(both)


async def record(
    letters: AsyncCollection[Fields],
    letter: Letter,
    *,
    session: AsyncClientSession | None,
) -> None:
    """Add *letter* to the outbox inside of another step."""
    await letters.update_one(
        {"_id": letter.id},
        {"$setOnInsert": letter_fields(letter)},
        upsert=True,
        session=session,
    )


def letter_fields(letter: Letter) -> Fields:
    """Return *letter* as a document."""
    return {
        "_id": letter.id,
        "kind": letter.kind,
        "sealed": letter.sealed,
        "status": letter.status,
        "attempts": letter.attempts,
        "lease": None,
        "due_at": letter.created_at,
        "created_at": letter.created_at,
        "expires_at": letter.expires_at,
        "reason": "",
    }


def letter_of(found: Mapping[str, Any]) -> Letter:
    """Return the letter in a document."""
    return Letter(
        id=found["_id"],
        kind=found["kind"],
        sealed=found["sealed"],
        created_at=found["created_at"],
        expires_at=found["expires_at"],
        status=LetterStatus(found["status"]),
        attempts=found["attempts"],
    )

"""Challenges in MongoDB."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from pymongo import ReturnDocument
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import DuplicateKeyError

from keywright.features.challenges.documents import OTPS
from keywright.features.challenges.types import RESUME_AFTER, Challenge, Purpose
from keywright.features.outbox.documents import LETTERS
from keywright.features.outbox.mongo import change, record
from keywright.features.outbox.types import Letter
from keywright.shared.mongo import Fields, MongoDatabase, purge

ISSUE_AT_MOST = 20
"""How often an issue that meets others of its purpose and lane is tried."""


class Challenges:
    """Challenges, found by flow id; one open one per purpose and lane."""

    def __init__(self, db: MongoDatabase) -> None:
        self._db = db
        self._otps = db.collection(OTPS)
        self._letters = db.collection(LETTERS)

    async def issue(
        self, challenge: Challenge, *, letter: Letter | None, lane: UUID | None = None
    ) -> None:
        lane = lane or challenge.subject

        async def all_of_it(session: AsyncClientSession | None) -> None:
            # Without a subject it finds nothing; an unknown address costs the same.
            await self._otps.update_many(
                {
                    "open_lane": lane or UUID(bytes=challenge.id, version=4),
                    "purpose": challenge.purpose,
                },
                {
                    "$set": {"superseded_at": challenge.created_at},
                    "$unset": {"open_lane": ""},
                },
                session=session,
            )
            await self._otps.insert_one(_fields(challenge, lane), session=session)
            if letter is not None:
                await record(self._letters, letter, session=session)

        for _ in range(ISSUE_AT_MOST - 1):
            try:
                return await self._db.together(all_of_it)
            except DuplicateKeyError:
                if await self.by_id(challenge.id) is not None:
                    raise
        return await self._db.together(all_of_it)

    async def by_id(self, flow_id: bytes) -> Challenge | None:
        found = await self._db.run(self._otps.find_one({"_id": flow_id}))
        return None if found is None else _challenge(found)

    async def count_attempt(self, flow_id: bytes, *, now: datetime) -> Challenge | None:
        found = await self._db.run(
            self._otps.find_one_and_update(
                {
                    **_valid(flow_id, now),
                    "done_at": None,
                    "$expr": {"$lt": ["$attempts", "$max_attempts"]},
                },
                {"$inc": {"attempts": 1}},
                return_document=ReturnDocument.AFTER,
            )
        )
        return None if found is None else _challenge(found)

    async def consume(self, flow_id: bytes, *, now: datetime) -> bool:
        unused = [{"used_at": None}, {"used_at": {"$lte": now - RESUME_AFTER}}]
        condition = {**_valid(flow_id, now), "done_at": None, "$or": unused}
        return await change(
            self._db, OTPS, condition, {"$set": {"used_at": now}}, letter=None
        )

    async def finish(self, flow_id: bytes, *, now: datetime) -> bool:
        return await change(
            self._db,
            OTPS,
            {"_id": flow_id, "used_at": {"$ne": None}, "done_at": None},
            {"$set": {"done_at": now}, "$unset": {"open_lane": ""}},
            letter=None,
        )

    async def renew(
        self,
        flow_id: bytes,
        *,
        proof: bytes,
        now: datetime,
        resend_at: datetime,
        expires_at: datetime,
        letter: Letter | None,
    ) -> bool:
        values = {
            "proof": proof,
            "attempts": 0,
            "resend_at": resend_at,
            "expires_at": expires_at,
        }
        cooled = {"used_at": None, "resend_at": {"$lte": now}}
        return await change(
            self._db,
            OTPS,
            {**_valid(flow_id, now), **cooled},
            {"$set": values},
            letter=letter,
        )

    async def forget(self, subject: UUID) -> None:
        await self._db.run(self._otps.delete_many({"subject": subject}))

    async def purge(self, *, before: datetime) -> int:
        return await purge(self._db, OTPS, {"expires_at": {"$lt": before}})


def _valid(flow_id: bytes, now: datetime) -> Fields:
    return {"_id": flow_id, "superseded_at": None, "expires_at": {"$gt": now}}


def _fields(challenge: Challenge, lane: UUID | None) -> Fields:
    is_over = challenge.superseded_at is not None or challenge.done_at is not None
    fields: Fields = {
        "_id": challenge.id,
        "purpose": challenge.purpose,
        "subject": challenge.subject,
        "proof": challenge.proof,
        "attempts": challenge.attempts,
        "max_attempts": challenge.max_attempts,
        "data": challenge.data,
        "created_at": challenge.created_at,
        "expires_at": challenge.expires_at,
        "resend_at": challenge.resend_at,
        "used_at": challenge.used_at,
        "done_at": challenge.done_at,
        "superseded_at": challenge.superseded_at,
    }
    if lane is not None and not is_over:
        fields["open_lane"] = lane
    return fields


def _challenge(found: Mapping[str, Any]) -> Challenge:
    return Challenge(
        id=found["_id"],
        purpose=Purpose(found["purpose"]),
        subject=found["subject"],
        proof=found["proof"],
        max_attempts=found["max_attempts"],
        created_at=found["created_at"],
        expires_at=found["expires_at"],
        resend_at=found["resend_at"],
        data=found["data"],
        attempts=found["attempts"],
        used_at=found["used_at"],
        done_at=found["done_at"],
        superseded_at=found["superseded_at"],
    )

"""Families in MongoDB, one document each with the session they belong to."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from keywright.features.ended_sessions.mongo import EndedSessions
from keywright.features.outbox.mongo import change
from keywright.features.outbox.types import Letter
from keywright.features.refresh_tokens.documents import FAMILIES
from keywright.features.refresh_tokens.types import Presented, RefreshFamily
from keywright.features.sessions.errors import SessionEnded
from keywright.features.sessions.types import Device, EndReason, Session
from keywright.features.users.documents import USERS
from keywright.features.users.mongo import user_of
from keywright.features.users.types import User
from keywright.shared.mongo import Fields, MongoDatabase, purge

WITH_USER: Fields = {
    "$lookup": {
        "from": USERS.name,
        "localField": "user_id",
        "foreignField": "_id",
        "as": "users",
    }
}


class Families:
    """Families and their sessions, by their common id."""

    def __init__(self, db: MongoDatabase) -> None:
        self._db = db
        self.ended = EndedSessions(db)
        self._families = db.collection(FAMILIES)
        self._users = db.collection(USERS)

    async def add(self, family: RefreshFamily, session: Session) -> None:
        await self._db.run(self._families.insert_one(_fields(family, session)))
        owner = self._users.find_one({"_id": family.user_id}, {"_id": 1})
        if await self._db.run(owner) is None:
            await self._db.run(self._families.delete_one({"_id": family.id}))
            raise SessionEnded

    async def by_id(
        self, family_id: UUID, user_id: UUID
    ) -> tuple[RefreshFamily, User] | None:
        found = await self._joined({"_id": family_id, "user_id": user_id})
        if not found or not found[0]["users"]:
            return None
        return _family(found[0]), user_of(found[0]["users"][0])

    async def rotate(
        self,
        presented: Presented,
        *,
        epoch: int,
        successor: bytes,
        now: datetime,
        idle_expires_at: datetime,
    ) -> bool:
        condition = {
            "_id": presented.family_id,
            "user_id": presented.user_id,
            "current_digest": presented.digest,
            "epoch": epoch,
            "revoked_at": None,
            "idle_expires_at": {"$gt": now},
            "expires_at": {"$gt": now},
        }
        values = {
            "previous_digest": presented.digest,
            "current_digest": successor,
            "rotated_at": now,
            "idle_expires_at": idle_expires_at,
        }
        return await change(
            self._db, FAMILIES, condition, {"$set": values}, letter=None
        )

    async def of_user(
        self, user_id: UUID, *, epoch: int, now: datetime
    ) -> Sequence[Session]:
        live = {
            "user_id": user_id,
            "epoch": epoch,
            "revoked_at": None,
            "idle_expires_at": {"$gt": now},
            "expires_at": {"$gt": now},
        }
        found = await self._joined(live, newest_first=True)
        return [_session(one) for one in found if one["users"]]

    async def end(
        self,
        session_id: UUID,
        user_id: UUID,
        *,
        reason: EndReason,
        now: datetime,
        letter: Letter | None = None,
    ) -> bool:
        condition = {"_id": session_id, "user_id": user_id, "revoked_at": None}
        update = {"$set": {"revoked_at": now, "revoked_reason": reason}}

        if await self._db.run(self._families.find_one(condition, {"_id": 1})) is None:
            return False
        # First, as nothing spans two collections: at worst too much is announced.
        await self.ended.add(session_id, now=now)
        return await change(self._db, FAMILIES, condition, update, letter=letter)

    async def end_others(
        self, user_id: UUID, *, keep: UUID | None, reason: EndReason, now: datetime
    ) -> int:
        opened = {"user_id": user_id, "_id": {"$ne": keep}, "revoked_at": None}
        found = self._families.find(opened, {"_id": 1})
        others = [one["_id"] for one in await self._db.run(found.to_list())]
        ended = [await self.end(one, user_id, reason=reason, now=now) for one in others]
        return sum(ended)

    async def forget(self, user_id: UUID) -> None:
        await self._db.run(self._families.delete_many({"user_id": user_id}))

    async def purge(self, *, before: datetime) -> int:
        return await purge(self._db, FAMILIES, {"expires_at": {"$lt": before}})

    async def _joined(
        self, condition: Mapping[str, object], *, newest_first: bool = False
    ) -> list[Fields]:
        pipeline: list[Fields] = [{"$match": condition}]
        if newest_first:
            pipeline.append({"$sort": {"created_at": -1, "_id": -1}})
        pipeline.append(WITH_USER)

        async def read() -> list[Fields]:
            cursor = await self._families.aggregate(pipeline)
            return await cursor.to_list()

        return await self._db.run(read())


def _fields(family: RefreshFamily, session: Session) -> Fields:
    return {
        "_id": family.id,
        "user_id": family.user_id,
        "current_digest": family.current_digest,
        "previous_digest": family.previous_digest,
        "rotated_at": family.rotated_at,
        "epoch": family.epoch,
        "idle_expires_at": family.idle_expires_at,
        "expires_at": family.expires_at,
        "created_at": family.created_at,
        "revoked_at": family.revoked_at,
        "revoked_reason": family.revoked_reason,
        "session": {
            "user_agent": session.device.user_agent,
            "address": session.device.address,
            "amr": list(session.amr),
            "last_seen_at": session.last_seen_at,
        },
    }


def _family(found: Mapping[str, Any]) -> RefreshFamily:
    return RefreshFamily(
        id=found["_id"],
        user_id=found["user_id"],
        current_digest=found["current_digest"],
        previous_digest=found["previous_digest"],
        rotated_at=found["rotated_at"],
        epoch=found["epoch"],
        idle_expires_at=found["idle_expires_at"],
        expires_at=found["expires_at"],
        created_at=found["created_at"],
        revoked_at=found["revoked_at"],
        revoked_reason=found["revoked_reason"],
    )


def _session(found: Mapping[str, Any]) -> Session:
    session = found["session"]
    return Session(
        id=found["_id"],
        user_id=found["user_id"],
        device=Device(session["user_agent"], session["address"]),
        epoch=found["epoch"],
        amr=tuple(session["amr"]),
        created_at=found["created_at"],
        last_seen_at=max(session["last_seen_at"], found["rotated_at"]),
        idle_expires_at=found["idle_expires_at"],
        expires_at=found["expires_at"],
    )

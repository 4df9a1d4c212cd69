"""Sessions in MongoDB, whatever else a session has: one document each."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from keywright.features.ended_sessions.store import EndedSessions
from keywright.features.outbox.mongo import change
from keywright.features.outbox.types import Letter
from keywright.features.sessions.errors import SessionEnded
from keywright.features.sessions.types import Device, EndReason, Session
from keywright.features.users.documents import USERS
from keywright.features.users.mongo import user_of
from keywright.features.users.types import User
from keywright.shared.mongo import Documents, Fields, MongoDatabase, purge

WITH_USER: Fields = {
    "$lookup": {
        "from": USERS.name,
        "localField": "user_id",
        "foreignField": "_id",
        "as": "users",
    }
}


class OpenSessions:
    """Sessions kept as *documents*; the ids of what ends are told to *ended*."""

    def __init__(
        self,
        db: MongoDatabase,
        documents: Documents,
        *,
        ended: EndedSessions | None = None,
    ) -> None:
        self._db = db
        self._documents = documents
        self._sessions = db.collection(documents)
        self._users = db.collection(USERS)
        self._announced = ended

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
        newest_first = {"$sort": {"created_at": -1, "_id": -1}}
        found = await self._aggregate({"$match": live}, newest_first, WITH_USER)
        return [self._session(one) for one in found if one["users"]]

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
        if self._announced is not None:
            opened = self._sessions.find_one(condition, {"_id": 1})
            if await self._db.run(opened) is None:
                return False
            # First, as nothing spans two collections: at worst too much is announced.
            await self._announced.add(session_id, now=now)
        ended = {"$set": {"revoked_at": now, "revoked_reason": reason}}
        return await change(self._db, self._documents, condition, ended, letter=letter)

    async def end_others(
        self, user_id: UUID, *, keep: UUID | None, reason: EndReason, now: datetime
    ) -> int:
        opened = {"user_id": user_id, "_id": {"$ne": keep}, "revoked_at": None}
        found = self._sessions.find(opened, {"_id": 1})
        others = [one["_id"] for one in await self._db.run(found.to_list())]
        ended = [await self.end(one, user_id, reason=reason, now=now) for one in others]
        return sum(ended)

    async def forget(self, user_id: UUID) -> None:
        await self._db.run(self._sessions.delete_many({"user_id": user_id}))

    async def purge(self, *, before: datetime) -> int:
        return await purge(self._db, self._documents, {"expires_at": {"$lt": before}})

    def _session(self, found: Mapping[str, Any]) -> Session:
        """Return the session in a document."""
        return session_of(found)

    async def _add(self, fields: Fields) -> None:
        """Add a document, or raise `SessionEnded` if its user is gone meanwhile."""
        await self._db.run(self._sessions.insert_one(fields))
        owner = self._users.find_one({"_id": fields["user_id"]}, {"_id": 1})
        if await self._db.run(owner) is None:
            await self._db.run(self._sessions.delete_one({"_id": fields["_id"]}))
            raise SessionEnded

    async def _with_user(
        self, condition: Mapping[str, object]
    ) -> tuple[Fields, User] | None:
        """Return the document that meets *condition* and its user, in one read."""
        found = await self._aggregate({"$match": condition}, WITH_USER)
        if not found or not found[0]["users"]:
            return None
        return found[0], user_of(found[0]["users"][0])

    async def _aggregate(self, *steps: Fields) -> list[Fields]:
        async def read() -> list[Fields]:
            cursor = await self._sessions.aggregate(list(steps))
            return await cursor.to_list()

        return await self._db.run(read())


def life_of(session: Session) -> Fields:
    """Return whose *session* is, and since and until when."""
    return {
        "_id": session.id,
        "user_id": session.user_id,
        "epoch": session.epoch,
        "created_at": session.created_at,
        "idle_expires_at": session.idle_expires_at,
        "expires_at": session.expires_at,
        "revoked_at": session.revoked_at,
        "revoked_reason": session.revoked_reason,
    }


def use_of(session: Session) -> Fields:
    """Return by what *session* is used, and when it was last."""
    return {
        "user_agent": session.device.user_agent,
        "address": session.device.address,
        "amr": list(session.amr),
        "last_seen_at": session.last_seen_at,
    }


def session_of(found: Mapping[str, Any]) -> Session:
    """Return the session whose life and use *found* tells."""
    reason = found["revoked_reason"]
    return Session(
        id=found["_id"],
        user_id=found["user_id"],
        device=Device(found["user_agent"], found["address"]),
        epoch=found["epoch"],
        amr=tuple(found["amr"]),
        created_at=found["created_at"],
        last_seen_at=found["last_seen_at"],
        idle_expires_at=found["idle_expires_at"],
        expires_at=found["expires_at"],
        revoked_at=found["revoked_at"],
        revoked_reason=EndReason(reason) if reason else None,
    )

"""Sessions in MongoDB, one document each."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from keywright.features.opaque_sessions.documents import SESSIONS
from keywright.features.opaque_sessions.types import PresentedSession
from keywright.features.outbox.mongo import change
from keywright.features.outbox.types import Letter
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


class Sessions:
    """Sessions with the digests of their tokens."""

    def __init__(self, db: MongoDatabase) -> None:
        self._db = db
        self._sessions = db.collection(SESSIONS)
        self._users = db.collection(USERS)

    async def add(self, session: Session, digest: bytes) -> None:
        await self._db.run(self._sessions.insert_one(_fields(session, digest)))
        owner = self._users.find_one({"_id": session.user_id}, {"_id": 1})
        if await self._db.run(owner) is None:
            await self._db.run(self._sessions.delete_one({"_id": session.id}))
            raise SessionEnded

    async def by_token(
        self, presented: PresentedSession
    ) -> tuple[Session, User] | None:
        condition = {
            "_id": presented.session_id,
            "user_id": presented.user_id,
            "digest": presented.digest,
        }
        found = await self._joined(condition)
        if not found or not found[0]["users"]:
            return None
        return _session(found[0]), user_of(found[0]["users"][0])

    async def extend(
        self, session_id: UUID, *, seen_at: datetime, idle_expires_at: datetime
    ) -> bool:
        condition = {
            "_id": session_id,
            "revoked_at": None,
            "idle_expires_at": {"$gt": seen_at},
            "expires_at": {"$gt": seen_at},
            "last_seen_at": {"$lt": seen_at},
        }
        values = {"last_seen_at": seen_at, "idle_expires_at": idle_expires_at}
        return await change(
            self._db, SESSIONS, condition, {"$set": values}, letter=None
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
        return await change(
            self._db,
            SESSIONS,
            {"_id": session_id, "user_id": user_id, "revoked_at": None},
            {"$set": {"revoked_at": now, "revoked_reason": reason}},
            letter=letter,
        )

    async def end_others(
        self, user_id: UUID, *, keep: UUID | None, reason: EndReason, now: datetime
    ) -> int:
        result = await self._db.run(
            self._sessions.update_many(
                {"user_id": user_id, "_id": {"$ne": keep}, "revoked_at": None},
                {"$set": {"revoked_at": now, "revoked_reason": reason}},
            )
        )
        return result.modified_count

    async def forget(self, user_id: UUID) -> None:
        await self._db.run(self._sessions.delete_many({"user_id": user_id}))

    async def purge(self, *, before: datetime) -> int:
        return await purge(self._db, SESSIONS, {"expires_at": {"$lt": before}})

    async def _joined(
        self, condition: Mapping[str, object], *, newest_first: bool = False
    ) -> list[Fields]:
        pipeline: list[Fields] = [{"$match": condition}]
        if newest_first:
            pipeline.append({"$sort": {"created_at": -1, "_id": -1}})
        pipeline.append(WITH_USER)

        async def read() -> list[Fields]:
            cursor = await self._sessions.aggregate(pipeline)
            return await cursor.to_list()

        return await self._db.run(read())


def _fields(session: Session, digest: bytes) -> Fields:
    return {
        "_id": session.id,
        "user_id": session.user_id,
        "digest": digest,
        "user_agent": session.device.user_agent,
        "address": session.device.address,
        "amr": list(session.amr),
        "epoch": session.epoch,
        "created_at": session.created_at,
        "last_seen_at": session.last_seen_at,
        "idle_expires_at": session.idle_expires_at,
        "expires_at": session.expires_at,
        "revoked_at": session.revoked_at,
        "revoked_reason": session.revoked_reason,
    }


def _session(found: Mapping[str, Any]) -> Session:
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

"""Families in MongoDB, one document each with the session they belong to."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from keywright.features.ended_sessions.mongo import EndedSessions
from keywright.features.outbox.mongo import change
from keywright.features.refresh_tokens.documents import FAMILIES
from keywright.features.refresh_tokens.types import Presented, RefreshFamily
from keywright.features.sessions.mongo import (
    OpenSessions,
    life_of,
    session_of,
    use_of,
)
from keywright.features.sessions.types import Session
from keywright.features.users.types import User
from keywright.shared.mongo import MongoDatabase


class Families(OpenSessions):
    """Families and their sessions, by their common id."""

    def __init__(self, db: MongoDatabase) -> None:
        self.ended = EndedSessions(db)
        super().__init__(db, FAMILIES, ended=self.ended)

    async def add(self, family: RefreshFamily, session: Session) -> None:
        digests = {
            "current_digest": family.current_digest,
            "previous_digest": family.previous_digest,
            "rotated_at": family.rotated_at,
        }
        await self._add({**life_of(session), **digests, "session": use_of(session)})

    async def by_id(
        self, family_id: UUID, user_id: UUID
    ) -> tuple[RefreshFamily, User] | None:
        found = await self._with_user({"_id": family_id, "user_id": user_id})
        return None if found is None else (_family(found[0]), found[1])

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

    def _session(self, found: Mapping[str, Any]) -> Session:
        session = session_of({**found, **found["session"]})
        seen_at = max(session.last_seen_at, found["rotated_at"])
        return replace(session, last_seen_at=seen_at)


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

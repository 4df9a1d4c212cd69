"""Families in Redis or Valkey: each is the hash of its session, with further fields."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from redis.asyncio import Redis

from keywright.features.ended_sessions.redis import EndedSessions
from keywright.features.outbox.store import Outbox
from keywright.features.refresh_tokens.types import Presented, RefreshFamily
from keywright.features.sessions.redis import Kept, OpenSessions, instant, session_of
from keywright.features.sessions.types import Session
from keywright.features.users.store import UserStore
from keywright.features.users.types import User
from keywright.shared.clock import to_milliseconds
from keywright.shared.redis import Script

ROTATE = """
local user, current, epoch, revoked, idle, expires = unpack(redis.call(
  'HMGET', KEYS[1], 'user', 'current', 'epoch', 'revoked', 'idle', 'expires'))
if user ~= ARGV[1] or current ~= ARGV[2] or epoch ~= ARGV[3] or revoked ~= '' then
  return 0
end
local now = tonumber(ARGV[4])
if now >= tonumber(idle) or now >= tonumber(expires) then return 0 end
redis.call('HSET', KEYS[1], 'previous', current, 'current', ARGV[5],
  'rotated', ARGV[4], 'idle', ARGV[6])
return 1
"""


class Families(OpenSessions):
    """Families, read together with their users, whose store is another one."""

    def __init__(
        self, client: Redis, users: UserStore, outbox: Outbox, prefix: str = "auth"
    ) -> None:
        self.ended = EndedSessions(client, prefix)
        super().__init__(
            client,
            users,
            outbox,
            name=f"{prefix}:session",
            further=("current", "previous", "rotated"),
            ended=self.ended,
        )
        self._rotate: Script[int] = Script(client, ROTATE)

    async def add(self, family: RefreshFamily, session: Session) -> None:
        await self._add(
            session,
            {
                "current": family.current_digest,
                "previous": family.previous_digest,
                "rotated": to_milliseconds(family.rotated_at),
            },
        )

    async def by_id(
        self, family_id: UUID, user_id: UUID
    ) -> tuple[RefreshFamily, User] | None:
        found = await self._with_user(family_id, user_id)
        return None if found is None else (_family(family_id, found[0]), found[1])

    async def rotate(
        self,
        presented: Presented,
        *,
        epoch: int,
        successor: bytes,
        now: datetime,
        idle_expires_at: datetime,
    ) -> bool:
        rotated = await self._rotate(
            self._key(presented.family_id),
            presented.user_id.hex,
            presented.digest,
            epoch,
            to_milliseconds(now),
            successor,
            to_milliseconds(idle_expires_at),
        )
        return rotated == 1

    def _session(self, session_id: UUID, kept: Kept) -> Session:
        session = session_of(session_id, kept)
        seen_at = max(session.last_seen_at, instant(kept["rotated"]))
        return replace(session, last_seen_at=seen_at)


def _family(family_id: UUID, kept: Kept) -> RefreshFamily:
    return RefreshFamily(
        id=family_id,
        user_id=UUID(hex=kept["user"].decode()),
        current_digest=kept["current"],
        previous_digest=kept["previous"],
        rotated_at=instant(kept["rotated"]),
        epoch=int(kept["epoch"]),
        idle_expires_at=instant(kept["idle"]),
        expires_at=instant(kept["expires"]),
        created_at=instant(kept["created"]),
        revoked_at=instant(kept["revoked"]) if kept["revoked"] else None,
        revoked_reason=kept["reason"].decode() or None,
    )

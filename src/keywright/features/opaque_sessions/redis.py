"""Sessions in Redis or Valkey, one hash each."""

from datetime import datetime
from hmac import compare_digest
from uuid import UUID

from redis.asyncio import Redis

from keywright.features.opaque_sessions.types import PresentedSession
from keywright.features.outbox.store import Outbox
from keywright.features.sessions.redis import OpenSessions, session_of
from keywright.features.sessions.types import Session
from keywright.features.users.store import UserStore
from keywright.features.users.types import User
from keywright.shared.clock import to_milliseconds
from keywright.shared.redis import Script

EXTEND = """
local revoked, idle, expires, seen = unpack(redis.call(
  'HMGET', KEYS[1], 'revoked', 'idle', 'expires', 'seen'))
if revoked ~= '' then return 0 end
local now = tonumber(ARGV[1])
if now >= tonumber(idle) or now >= tonumber(expires) or now <= tonumber(seen) then
  return 0
end
redis.call('HSET', KEYS[1], 'seen', ARGV[1], 'idle', ARGV[2])
return 1
"""


class Sessions(OpenSessions):
    """Sessions, read together with their users, whose store is another one."""

    def __init__(
        self, client: Redis, users: UserStore, outbox: Outbox, prefix: str = "auth"
    ) -> None:
        name = f"{prefix}:opaque-session"
        super().__init__(client, users, outbox, name=name, further=("digest",))
        self._extend: Script[int] = Script(client, EXTEND)

    async def add(self, session: Session, digest: bytes) -> None:
        await self._add(session, {"digest": digest})

    async def by_token(
        self, presented: PresentedSession
    ) -> tuple[Session, User] | None:
        found = await self._with_user(presented.session_id, presented.user_id)
        if found is None or not compare_digest(found[0]["digest"], presented.digest):
            return None
        return session_of(presented.session_id, found[0]), found[1]

    async def extend(
        self, session_id: UUID, *, seen_at: datetime, idle_expires_at: datetime
    ) -> bool:
        extended = await self._extend(
            self._key(session_id),
            to_milliseconds(seen_at),
            to_milliseconds(idle_expires_at),
        )
        return extended == 1

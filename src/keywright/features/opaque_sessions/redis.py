"""Sessions in Redis or Valkey, one hash each."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from hmac import compare_digest
from uuid import UUID

from redis.asyncio import Redis

from keywright.features.opaque_sessions.types import PresentedSession
from keywright.features.outbox.store import Outbox
from keywright.features.outbox.types import Letter
from keywright.features.sessions.policy import is_live
from keywright.features.sessions.redis import SessionHashes, session_of
from keywright.features.sessions.types import EndReason, Session
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


class Sessions:
    """Sessions, read together with their users, whose store is another one."""

    def __init__(
        self, client: Redis, users: UserStore, outbox: Outbox, prefix: str = "auth"
    ) -> None:
        self._users = users
        self._hashes = SessionHashes(
            client,
            users,
            outbox,
            prefix=prefix,
            name="opaque-session",
            further=("digest",),
        )
        self._extend: Script[int] = Script(client, EXTEND)

    async def add(self, session: Session, digest: bytes) -> None:
        await self._hashes.add(session, {"digest": digest})

    async def by_token(
        self, presented: PresentedSession
    ) -> tuple[Session, User] | None:
        kept, user = await asyncio.gather(
            self._hashes.kept(presented.session_id),
            self._users.by_id(presented.user_id),
        )
        if kept is None or user is None:
            return None
        session = session_of(presented.session_id, kept)
        is_its = compare_digest(kept["digest"], presented.digest)
        return (session, user) if is_its and session.user_id == user.id else None

    async def extend(
        self, session_id: UUID, *, seen_at: datetime, idle_expires_at: datetime
    ) -> bool:
        extended = await self._extend(
            self._hashes.key(session_id),
            to_milliseconds(seen_at),
            to_milliseconds(idle_expires_at),
        )
        return extended == 1

    async def of_user(
        self, user_id: UUID, *, epoch: int, now: datetime
    ) -> Sequence[Session]:
        kept = await self._hashes.of_user(user_id, now=now)
        sessions = [session_of(*one) for one in kept]
        live = [one for one in sessions if is_live(one, epoch=epoch, now=now)]
        return sorted(live, key=lambda one: (one.created_at, one.id), reverse=True)

    async def end(
        self,
        session_id: UUID,
        user_id: UUID,
        *,
        reason: EndReason,
        now: datetime,
        letter: Letter | None = None,
    ) -> bool:
        return await self._hashes.end(
            session_id, user_id, reason=reason, now=now, letter=letter
        )

    async def end_others(
        self, user_id: UUID, *, keep: UUID | None, reason: EndReason, now: datetime
    ) -> int:
        return await self._hashes.end_others(user_id, keep=keep, reason=reason, now=now)

    async def forget(self, user_id: UUID) -> None:
        await self._hashes.forget(user_id)

    async def purge(self, *, before: datetime) -> int:
        """Hand over the letters that were left behind; hashes go by themselves."""
        await self._hashes.hand_over_all(before=before)
        return 0

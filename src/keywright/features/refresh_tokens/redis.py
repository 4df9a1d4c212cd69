"""Families and their sessions in Redis or Valkey: one hash each.

Sorted sets point to the hashes and hold no truth: the ids of a user's sessions, open or
over, and of those ended with a letter. They are written first and repaired where they
are read, so that a crash leaves nothing worse than an id without use. A letter lies in
the hash until somebody has put it into the outbox: whoever ended the session, else
whoever meets it next.
"""

import asyncio
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

from redis.asyncio import Redis

from keywright.features.ended_sessions.redis import EndedSessions
from keywright.features.outbox.policy import as_text, from_text
from keywright.features.outbox.store import Outbox
from keywright.features.outbox.types import Letter
from keywright.features.refresh_tokens.types import Presented, RefreshFamily
from keywright.features.sessions.errors import SessionEnded
from keywright.features.sessions.policy import is_live
from keywright.features.sessions.types import Device, EndReason, Session
from keywright.features.users.store import UserStore
from keywright.features.users.types import User
from keywright.shared.clock import from_milliseconds, to_milliseconds
from keywright.shared.errors import StoreUnavailable
from keywright.shared.redis import Pointers, Script, answer
from keywright.shared.redis_owned import Owned

MILLISECOND = timedelta(milliseconds=1)
KEPT_LONGER = timedelta(days=1)
LETTERS_LIFETIME = timedelta(days=365)

Kept = Mapping[str, bytes]
"""The fields of a hash by name; times are milliseconds since 1970."""

FIELDS = (
    *("user", "current", "previous", "rotated", "epoch", "idle", "expires", "created"),
    *("revoked", "reason", "agent", "address", "amr", "seen", "letter"),
)

ADD = """
redis.call('HSET', KEYS[1], unpack(ARGV, 2))
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return 1
"""

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

END = """
local user, revoked = unpack(redis.call('HMGET', KEYS[1], 'user', 'revoked'))
if user ~= ARGV[1] or revoked ~= '' then return 0 end
redis.call('HSET', KEYS[1], 'revoked', ARGV[2], 'reason', ARGV[3])
if ARGV[4] ~= '' then redis.call('HSET', KEYS[1], 'letter', ARGV[4]) end
return 1
"""


class Families:
    """Families, read together with their users, whose store is another one.

    A hash goes by itself a day after its absolute expiry, ended or not.
    """

    def __init__(
        self, client: Redis, users: UserStore, outbox: Outbox, prefix: str = "auth"
    ) -> None:
        self._client = client
        self._users = users
        self._outbox = outbox
        self._prefix = prefix
        self._letters = f"{prefix}:sessions-with-letter"
        self.ended = EndedSessions(client, prefix)
        self._pointers = Pointers(client)
        self._owned = Owned(client, f"{prefix}:sessions-of")
        self._add: Script[int] = Script(client, ADD)
        self._rotate: Script[int] = Script(client, ROTATE)
        self._end: Script[int] = Script(client, END)

    async def add(self, family: RefreshFamily, session: Session) -> None:
        lifetime = family.expires_at - family.created_at + KEPT_LONGER
        owner = family.user_id
        await self._owned.add(owner, family.id, at=family.created_at, lifetime=lifetime)
        fields = [part for field in _written(family, session).items() for part in field]
        await self._add(self._key(family.id), lifetime // MILLISECOND, *fields)
        if await self._users.by_id(owner) is None:
            await self._owned.remove(owner, family.id, key_of=self._key)
            raise SessionEnded

    async def by_id(
        self, family_id: UUID, user_id: UUID
    ) -> tuple[RefreshFamily, User] | None:
        kept, user = await asyncio.gather(
            self._kept(family_id), self._users.by_id(user_id)
        )
        if kept is None or user is None:
            return None
        family = _family(family_id, kept)
        return (family, user) if family.user_id == user_id else None

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

    async def of_user(
        self, user_id: UUID, *, epoch: int, now: datetime
    ) -> Sequence[Session]:
        sessions = []
        gone_at: dict[UUID, datetime | None] = {}
        for session_id, kept in await self._all(await self._owned.open(user_id)):
            if kept is None:
                gone_at[session_id] = None
            elif kept["revoked"]:
                gone_at[session_id] = _instant(kept["expires"]) + KEPT_LONGER
            else:
                sessions.append(_session(session_id, kept))
        await self._owned.retire(user_id, gone_at, now=now)
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
        key = self._key(session_id)
        owner, revoked = await answer(self._client.hmget(key, ("user", "revoked")))
        if owner != user_id.hex.encode() or revoked:
            return False
        if letter is not None:
            await self._pointers.add(
                self._letters, session_id, at=now, lifetime=LETTERS_LIFETIME
            )
        await self.ended.add(session_id, now=now)
        ended = await self._end(
            key,
            user_id.hex,
            to_milliseconds(now),
            reason,
            as_text(letter) if letter is not None else "",
        )
        if ended and letter is not None:
            await self._hand_over(session_id, letter)
        return ended == 1

    async def end_others(
        self, user_id: UUID, *, keep: UUID | None, reason: EndReason, now: datetime
    ) -> int:
        ended = [
            await self.end(session_id, user_id, reason=reason, now=now)
            for session_id in await self._owned.open(user_id)
            if session_id != keep
        ]
        return sum(ended)

    async def forget(self, user_id: UUID) -> None:
        await self._owned.forget(user_id, key_of=self._key)

    async def purge(self, *, before: datetime) -> int:
        """Hand over the letters that were left behind; hashes go by themselves."""
        met = await self._all(await self._pointers.all(self._letters))
        unused = [one for one, kept in met if kept is None or not kept["letter"]]
        await self._pointers.drop(self._letters, unused, now=before)
        return 0

    async def _all(self, ids: Sequence[UUID]) -> list[tuple[UUID, Kept | None]]:
        pipeline = self._client.pipeline(transaction=False)
        for session_id in ids:
            _ = pipeline.hmget(self._key(session_id), FIELDS)
        read = await answer(pipeline.execute()) if ids else []
        return [
            (session_id, await self._met(session_id, values))
            for session_id, values in zip(ids, read, strict=True)
        ]

    async def _kept(self, session_id: UUID) -> Kept | None:
        values = await answer(self._client.hmget(self._key(session_id), FIELDS))
        # The client decodes nothing.
        return await self._met(session_id, cast("Sequence[bytes | None]", values))

    async def _met(
        self, session_id: UUID, values: Sequence[bytes | None]
    ) -> Kept | None:
        """Return the fields, having tried to hand over the letter among them."""
        kept = {name: value or b"" for name, value in zip(FIELDS, values, strict=True)}
        if kept["letter"]:
            await self._hand_over(session_id, from_text(kept["letter"].decode()))
        return kept if kept["user"] else None

    async def _hand_over(self, session_id: UUID, letter: Letter) -> None:
        # While the outbox is down the letter waits in the hash.
        with suppress(StoreUnavailable):
            await self._outbox.put(letter)
            await answer(self._client.hdel(self._key(session_id), "letter"))
            await answer(self._client.zrem(self._letters, session_id.hex))

    def _key(self, session_id: UUID) -> str:
        return f"{self._prefix}:session:{session_id.hex}"


def _written(
    family: RefreshFamily, session: Session
) -> Mapping[str, bytes | str | int]:
    revoked_at = family.revoked_at
    return {
        "user": family.user_id.hex,
        "current": family.current_digest,
        "previous": family.previous_digest,
        "rotated": to_milliseconds(family.rotated_at),
        "epoch": family.epoch,
        "idle": to_milliseconds(family.idle_expires_at),
        "expires": to_milliseconds(family.expires_at),
        "created": to_milliseconds(family.created_at),
        "revoked": to_milliseconds(revoked_at) if revoked_at is not None else "",
        "reason": family.revoked_reason or "",
        "agent": session.device.user_agent,
        "address": session.device.address,
        "amr": json.dumps(list(session.amr)),
        "seen": to_milliseconds(session.last_seen_at),
    }


def _instant(value: bytes) -> datetime:
    return from_milliseconds(int(value))


def _family(family_id: UUID, kept: Kept) -> RefreshFamily:
    return RefreshFamily(
        id=family_id,
        user_id=UUID(hex=kept["user"].decode()),
        current_digest=kept["current"],
        previous_digest=kept["previous"],
        rotated_at=_instant(kept["rotated"]),
        epoch=int(kept["epoch"]),
        idle_expires_at=_instant(kept["idle"]),
        expires_at=_instant(kept["expires"]),
        created_at=_instant(kept["created"]),
        revoked_at=_instant(kept["revoked"]) if kept["revoked"] else None,
        revoked_reason=kept["reason"].decode() or None,
    )


def _session(session_id: UUID, kept: Kept) -> Session:
    reason = kept["reason"].decode()
    return Session(
        id=session_id,
        user_id=UUID(hex=kept["user"].decode()),
        device=Device(kept["agent"].decode(), kept["address"].decode()),
        epoch=int(kept["epoch"]),
        amr=tuple(json.loads(kept["amr"])),
        created_at=_instant(kept["created"]),
        last_seen_at=max(_instant(kept["seen"]), _instant(kept["rotated"])),
        idle_expires_at=_instant(kept["idle"]),
        expires_at=_instant(kept["expires"]),
        revoked_at=_instant(kept["revoked"]) if kept["revoked"] else None,
        revoked_reason=EndReason(reason) if reason else None,
    )

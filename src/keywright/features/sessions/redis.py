"""Sessions in Redis or Valkey, whatever else a session has: one hash each.

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

from keywright.features.ended_sessions.store import EndedSessions
from keywright.features.outbox.policy import as_text, from_text
from keywright.features.outbox.store import Outbox
from keywright.features.outbox.types import Letter
from keywright.features.sessions.errors import SessionEnded
from keywright.features.sessions.policy import live
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
    *("user", "epoch", "idle", "expires", "created", "revoked", "reason"),
    *("agent", "address", "amr", "seen", "letter"),
)

ADD = """
redis.call('HSET', KEYS[1], unpack(ARGV, 2))
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return 1
"""

END = """
local user, revoked = unpack(redis.call('HMGET', KEYS[1], 'user', 'revoked'))
if user ~= ARGV[1] or revoked ~= '' then return 0 end
redis.call('HSET', KEYS[1], 'revoked', ARGV[2], 'reason', ARGV[3])
if ARGV[4] ~= '' then redis.call('HSET', KEYS[1], 'letter', ARGV[4]) end
return 1
"""


class OpenSessions:
    """Sessions, read together with their users, whose store is another one.

    A hash goes by itself a day after its absolute expiry, ended or not.
    """

    def __init__(
        self,
        client: Redis,
        users: UserStore,
        outbox: Outbox,
        *,
        name: str,
        further: Sequence[str],
        ended: EndedSessions | None = None,
    ) -> None:
        """Keep hashes with *further* fields; *name* begins the names of their keys.

        Letters go to *outbox*, and the ids of what ends are told to *ended*.
        """
        self._client = client
        self._users = users
        self._outbox = outbox
        self._name = name
        self._letters = f"{name}s-with-letter"
        self._fields = (*FIELDS, *further)
        self._announced = ended
        self._pointers = Pointers(client)
        self._owned = Owned(client, f"{name}s-of")
        self._add_hash: Script[int] = Script(client, ADD)
        self._end: Script[int] = Script(client, END)

    async def of_user(
        self, user_id: UUID, *, epoch: int, now: datetime
    ) -> Sequence[Session]:
        sessions = []
        gone_at: dict[UUID, datetime | None] = {}
        for session_id, kept in await self._all(await self._owned.open(user_id)):
            if kept is None:
                gone_at[session_id] = None
            elif kept["revoked"]:
                gone_at[session_id] = instant(kept["expires"]) + KEPT_LONGER
            else:
                sessions.append(self._session(session_id, kept))
        await self._owned.retire(user_id, gone_at, now=now)
        return live(sessions, epoch=epoch, now=now)

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
        if self._announced is not None:
            owner, revoked = await answer(self._client.hmget(key, ("user", "revoked")))
            if owner != user_id.hex.encode() or revoked:
                return False
            # First, as nothing spans two keys: at worst too much is announced.
            await self._announced.add(session_id, now=now)
        if letter is not None:
            await self._pointers.add(
                self._letters, session_id, at=now, lifetime=LETTERS_LIFETIME
            )
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

    def _key(self, session_id: UUID) -> str:
        return f"{self._name}:{session_id.hex}"

    def _session(self, session_id: UUID, kept: Kept) -> Session:
        """Return the session that a hash holds."""
        return session_of(session_id, kept)

    async def _add(
        self, session: Session, further: Mapping[str, bytes | str | int]
    ) -> None:
        """Add *session* with its *further* fields, or raise `SessionEnded`.

        That is where the user is gone meanwhile, which is looked up afterwards.
        """
        lifetime = session.expires_at - session.created_at + KEPT_LONGER
        owner = session.user_id
        await self._owned.add(
            owner, session.id, at=session.created_at, lifetime=lifetime
        )
        fields = {**_written(session), **further}
        parts = [part for field in fields.items() for part in field]
        await self._add_hash(self._key(session.id), lifetime // MILLISECOND, *parts)
        if await self._users.by_id(owner) is None:
            await self._owned.remove(owner, session.id, key_of=self._key)
            raise SessionEnded

    async def _with_user(
        self, session_id: UUID, user_id: UUID
    ) -> tuple[Kept, User] | None:
        """Return the fields and the user, read at once; None unless they belong."""
        values, user = await asyncio.gather(
            answer(self._client.hmget(self._key(session_id), self._fields)),
            self._users.by_id(user_id),
        )
        # The client decodes nothing.
        kept = await self._met(session_id, cast("Sequence[bytes | None]", values))
        if kept is None or user is None or kept["user"] != user_id.hex.encode():
            return None
        return kept, user

    async def _all(self, ids: Sequence[UUID]) -> list[tuple[UUID, Kept | None]]:
        pipeline = self._client.pipeline(transaction=False)
        for session_id in ids:
            _ = pipeline.hmget(self._key(session_id), self._fields)
        read = await answer(pipeline.execute()) if ids else []
        return [
            (session_id, await self._met(session_id, values))
            for session_id, values in zip(ids, read, strict=True)
        ]

    async def _met(
        self, session_id: UUID, values: Sequence[bytes | None]
    ) -> Kept | None:
        """Return the fields, having tried to hand over the letter among them."""
        kept = {
            name: value or b"" for name, value in zip(self._fields, values, strict=True)
        }
        if kept["letter"]:
            await self._hand_over(session_id, from_text(kept["letter"].decode()))
        return kept if kept["user"] else None

    async def _hand_over(self, session_id: UUID, letter: Letter) -> None:
        # While the outbox is down the letter waits in the hash.
        with suppress(StoreUnavailable):
            await self._outbox.put(letter)
            await answer(self._client.hdel(self._key(session_id), "letter"))
            await answer(self._client.zrem(self._letters, session_id.hex))


def session_of(session_id: UUID, kept: Kept) -> Session:
    """Return the session that a hash holds."""
    reason = kept["reason"].decode()
    return Session(
        id=session_id,
        user_id=UUID(hex=kept["user"].decode()),
        device=Device(kept["agent"].decode(), kept["address"].decode()),
        epoch=int(kept["epoch"]),
        amr=tuple(json.loads(kept["amr"])),
        created_at=instant(kept["created"]),
        last_seen_at=instant(kept["seen"]),
        idle_expires_at=instant(kept["idle"]),
        expires_at=instant(kept["expires"]),
        revoked_at=instant(kept["revoked"]) if kept["revoked"] else None,
        revoked_reason=EndReason(reason) if reason else None,
    )


def instant(value: bytes) -> datetime:
    """Return the instant that a field holds."""
    return from_milliseconds(int(value))


def _written(session: Session) -> Mapping[str, bytes | str | int]:
    revoked_at = session.revoked_at
    return {
        "user": session.user_id.hex,
        "epoch": session.epoch,
        "idle": to_milliseconds(session.idle_expires_at),
        "expires": to_milliseconds(session.expires_at),
        "created": to_milliseconds(session.created_at),
        "revoked": to_milliseconds(revoked_at) if revoked_at is not None else "",
        "reason": session.revoked_reason or "",
        "agent": session.device.user_agent,
        "address": session.device.address,
        "amr": json.dumps(list(session.amr)),
        "seen": to_milliseconds(session.last_seen_at),
    }

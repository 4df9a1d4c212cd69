"""Challenges in a SQL database."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from keywright.features.challenges.models import ChallengeRow
from keywright.features.challenges.types import RESUME_AFTER, Challenge, Purpose
from keywright.features.outbox.sql import change, record
from keywright.features.outbox.types import Letter
from keywright.shared.sql import Database, Deadlocked, Row
from keywright.shared.tables import table_of

ISSUE_AT_MOST = 20
"""How often an issue that meets others of its purpose and lane is tried."""

_challenges = table_of(ChallengeRow)
_c = _challenges.c

_flow = _c.id == bindparam("flow")
_valid = (_c.superseded_at.is_(None), _c.expires_at > bindparam("now"))

_INSERT = insert(_challenges)
_BY_ID = select(_challenges).where(_flow)
_SUPERSEDE = (
    update(_challenges)
    .where(
        _c.open_lane == bindparam("lane"),
        _c.purpose == bindparam("good_for"),
    )
    .values(superseded_at=bindparam("now"), open_lane=None)
)
_COUNT = (
    update(_challenges)
    .where(_flow, *_valid, _c.done_at.is_(None), _c.attempts < _c.max_attempts)
    .values(attempts=_c.attempts + 1)
)
_CONSUME = (
    update(_challenges)
    .where(_flow, *_valid, _c.done_at.is_(None))
    .where(or_(_c.used_at.is_(None), _c.used_at <= bindparam("resumable")))
    .values(used_at=bindparam("now"))
)
_FINISH = (
    update(_challenges)
    .where(_flow, _c.used_at.is_not(None), _c.done_at.is_(None))
    .values(done_at=bindparam("now"), open_lane=None)
)
_RENEW = (
    update(_challenges)
    .where(_flow, *_valid, _c.used_at.is_(None), _c.resend_at <= bindparam("now"))
    .values(
        proof=bindparam("new"),
        attempts=0,
        resend_at=bindparam("cooled_at"),
        expires_at=bindparam("until"),
    )
)


class Challenges:
    """Challenges, found by flow id."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def issue(
        self, challenge: Challenge, *, letter: Letter | None, lane: UUID | None = None
    ) -> None:
        lane = lane or challenge.subject
        for _ in range(ISSUE_AT_MOST - 1):
            try:
                return await self._issue(challenge, letter, lane)
            except Deadlocked:
                continue
            except IntegrityError:
                if await self.by_id(challenge.id) is not None:
                    raise
        return await self._issue(challenge, letter, lane)

    async def by_id(self, flow_id: bytes) -> Challenge | None:
        row = await self._db.first(_BY_ID, {"flow": flow_id})
        return None if row is None else _challenge(row)

    async def count_attempt(self, flow_id: bytes, *, now: datetime) -> Challenge | None:
        async with self._db.transaction() as tx:
            if not await tx.run(_COUNT, {"flow": flow_id, "now": now}):
                return None
            row = await tx.first(_BY_ID, {"flow": flow_id})
        return None if row is None else _challenge(row)

    async def consume(self, flow_id: bytes, *, now: datetime) -> bool:
        values = {"flow": flow_id, "now": now, "resumable": now - RESUME_AFTER}
        return await self._db.run(_CONSUME, values) == 1

    async def finish(self, flow_id: bytes, *, now: datetime) -> bool:
        return await self._db.run(_FINISH, {"flow": flow_id, "now": now}) == 1

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
            "flow": flow_id,
            "new": proof,
            "now": now,
            "cooled_at": resend_at,
            "until": expires_at,
        }
        return await change(self._db, _RENEW, values, letter=letter)

    async def forget(self, subject: UUID) -> None:
        while await self._db.purge(_c.id, _c.subject == subject):
            pass

    async def purge(self, *, before: datetime) -> int:
        return await self._db.purge(_c.id, _c.expires_at < before)

    async def _issue(
        self, challenge: Challenge, letter: Letter | None, lane: UUID | None
    ) -> None:
        async with self._db.transaction() as tx:
            # Without a subject it finds nothing; an unknown address costs the same.
            values = {
                "lane": lane or UUID(bytes=challenge.id, version=4),
                "good_for": challenge.purpose,
                "now": challenge.created_at,
            }
            await tx.run(_SUPERSEDE, values)
            await tx.run(_INSERT, _values(challenge, lane))
            await record(tx, letter)


def _values(challenge: Challenge, lane: UUID | None) -> Mapping[str, object]:
    is_over = challenge.superseded_at is not None or challenge.done_at is not None
    return {
        "id": challenge.id,
        "purpose": challenge.purpose,
        "subject": challenge.subject,
        "open_lane": None if is_over else lane,
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


def _challenge(row: Row) -> Challenge:
    return Challenge(
        id=row[_c.id],
        purpose=Purpose(row[_c.purpose]),
        subject=row[_c.subject],
        proof=row[_c.proof],
        max_attempts=row[_c.max_attempts],
        created_at=row[_c.created_at],
        expires_at=row[_c.expires_at],
        resend_at=row[_c.resend_at],
        data=row[_c.data],
        attempts=row[_c.attempts],
        used_at=row[_c.used_at],
        done_at=row[_c.done_at],
        superseded_at=row[_c.superseded_at],
    )

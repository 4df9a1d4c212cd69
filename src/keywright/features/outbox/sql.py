"""Letters in a SQL database."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    Executable,
    bindparam,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from keywright.features.outbox.models import REASON_LENGTH, LetterRow
from keywright.features.outbox.types import Letter, LetterStatus
from keywright.shared.secrets import BEFORE_ALL
from keywright.shared.sql import Database, Row, Transaction
from keywright.shared.tables import table_of

_letters = table_of(LetterRow)
_c = _letters.c
_waiting = _c.status == LetterStatus.WAITING

_INSERT = insert(_letters)
_DUE = (
    select(_letters)
    .where(_waiting, or_(_c.due_at.is_(None), _c.due_at <= bindparam("now")))
    .order_by(_c.created_at, _c.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_TAKE = (
    update(_letters)
    .where(_c.id.in_(bindparam("ids", expanding=True)))
    .values(lease=bindparam("holder"), due_at=bindparam("until"))
    .values(attempts=_c.attempts + 1)
)
_HELD = update(_letters).where(
    _c.id == bindparam("letter"), _c.lease == bindparam("holder")
)
_CLOSE = _HELD.values(
    status=bindparam("outcome"), reason=bindparam("why"), sealed="", lease=None
)
_POSTPONE = _HELD.values(due_at=bindparam("until"), lease=None)
_OLDEST = select(func.min(_c.created_at).label("oldest")).where(_waiting)
_NEXT_WAITING = (
    select(_letters)
    .where(_waiting, _c.id > bindparam("last"))
    .order_by(_c.id)
    .limit(bindparam("most"))
)


async def record(tx: Transaction, letter: Letter | None) -> None:
    """Record *letter* in the same step as its cause; without a letter do nothing."""
    if letter is not None:
        await tx.run(_INSERT, _values(letter))


async def change(
    db: Database,
    statement: Executable,
    values: Mapping[str, object],
    *,
    letter: Letter | None,
) -> bool:
    """Say whether *statement* changed a row, and if so record *letter* with it."""
    if letter is None:
        return await db.run(statement, values) == 1
    async with db.transaction() as tx:
        changed = await tx.run(statement, values) == 1
        if changed:
            await record(tx, letter)
    return changed


class Letters:
    """The outbox."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def put(self, letter: Letter) -> None:
        try:
            await self._db.run(_INSERT, _values(letter))
        except IntegrityError:
            if await self._db.first(select(_c.id).where(_c.id == letter.id)) is None:
                raise

    async def claim(
        self, *, lease: UUID, until: datetime, now: datetime, most: int
    ) -> Sequence[Letter]:
        async with self._db.transaction() as tx:
            due = await tx.all(_DUE, {"now": now, "most": most})
            if due:
                ids = [row[_c.id] for row in due]
                values = {"ids": ids, "holder": lease, "until": until}
                await tx.run(_TAKE, values)
        return [_letter(row, attempts=row[_c.attempts] + 1) for row in due]

    async def sent(self, letter_id: UUID, *, lease: UUID) -> bool:
        return await self._close(letter_id, lease, LetterStatus.SENT, None)

    async def postpone(self, letter_id: UUID, *, lease: UUID, until: datetime) -> bool:
        values = {"letter": letter_id, "holder": lease, "until": until}
        return await self._db.run(_POSTPONE, values) == 1

    async def abandon(self, letter_id: UUID, *, lease: UUID, reason: str) -> bool:
        return await self._close(
            letter_id, lease, LetterStatus.ABANDONED, reason[:REASON_LENGTH]
        )

    async def oldest(self) -> datetime | None:
        row = await self._db.first(_OLDEST)
        return None if row is None else row["oldest"]

    async def waiting(self, last: UUID | None, *, most: int) -> Sequence[Letter]:
        values = {"last": last or BEFORE_ALL, "most": most}
        rows = await self._db.all(_NEXT_WAITING, values)
        return [_letter(row, attempts=row[_c.attempts]) for row in rows]

    async def purge(self, *, before: datetime) -> int:
        return await self._db.purge(_c.id, _c.expires_at < before)

    async def _close(
        self, letter_id: UUID, lease: UUID, outcome: LetterStatus, why: str | None
    ) -> bool:
        values = {"letter": letter_id, "holder": lease, "outcome": outcome, "why": why}
        return await self._db.run(_CLOSE, values) == 1


def _values(letter: Letter) -> Mapping[str, object]:
    return {
        "id": letter.id,
        "kind": letter.kind,
        "sealed": letter.sealed,
        "status": letter.status,
        "attempts": letter.attempts,
        "lease": None,
        "due_at": None,
        "created_at": letter.created_at,
        "expires_at": letter.expires_at,
        "reason": None,
    }


def _letter(row: Row, *, attempts: int) -> Letter:
    return Letter(
        id=row[_c.id],
        kind=row[_c.kind],
        sealed=row[_c.sealed],
        created_at=row[_c.created_at],
        expires_at=row[_c.expires_at],
        status=LetterStatus(row[_c.status]),
        attempts=attempts,
    )

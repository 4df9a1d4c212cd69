"""Redirects under way in a SQL database."""

from datetime import datetime

from sqlalchemy import bindparam, delete, insert, select
from sqlalchemy.exc import IntegrityError

from keywright.features.oauth.models import TransactionRow
from keywright.features.oauth.types import Transaction
from keywright.shared.sql import Database, Row
from keywright.shared.tables import table_of

_transactions = table_of(TransactionRow)
_c = _transactions.c
_live = (_c.digest == bindparam("of"), _c.expires_at > bindparam("now"))

_INSERT = insert(_transactions)
_FIND = select(_transactions).where(*_live)
_REMOVE = delete(_transactions).where(*_live)


class Transactions:
    """Transactions, found by digest."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def add(self, transaction: Transaction) -> bool:
        values = {
            "digest": transaction.digest,
            "provider": transaction.provider,
            "browser": transaction.browser,
            "data": transaction.data,
            "created_at": transaction.created_at,
            "expires_at": transaction.expires_at,
        }
        try:
            await self._db.run(_INSERT, values)
        except IntegrityError:
            return False
        return True

    async def take(self, digest: bytes, *, now: datetime) -> Transaction | None:
        values = {"of": digest, "now": now}
        async with self._db.transaction() as tx:
            row = await tx.first(_FIND, values)
            # Several may have read it; only one deletes it.
            is_ours = row is not None and await tx.run(_REMOVE, values) == 1
        return _transaction(row) if row is not None and is_ours else None

    async def purge(self, *, before: datetime) -> int:
        return await self._db.purge(_c.digest, _c.expires_at < before)


def _transaction(row: Row) -> Transaction:
    return Transaction(
        digest=row[_c.digest],
        provider=row[_c.provider],
        browser=row[_c.browser],
        data=row[_c.data],
        created_at=row[_c.created_at],
        expires_at=row[_c.expires_at],
    )

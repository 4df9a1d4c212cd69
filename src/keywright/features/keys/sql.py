"""Signing keys in a SQL database."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from keywright.features.keys.models import SigningKeyRow
from keywright.features.keys.types import StoredKey
from keywright.shared.sql import Database, Row
from keywright.shared.tables import table_of

_keys = table_of(SigningKeyRow)
_c = _keys.c

_INSERT = insert(_keys)
_ALL = select(_keys).order_by(_c.number)
_OF_KID = update(_keys).where(_c.kid == bindparam("key_id"))
_RETIRE = _OF_KID.where(_c.gone_at.is_(None)).values(gone_at=bindparam("until"))
_REVOKE = _OF_KID.where(_c.revoked_at.is_(None)).values(revoked_at=bindparam("now"))
_REPLACE_PRIVATE = _OF_KID.where(_c.private == bindparam("old")).values(
    private=bindparam("new")
)


class Keys:
    """Signing keys by number."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def add(self, key: StoredKey) -> bool:
        try:
            await self._db.run(_INSERT, _values(key))
        except IntegrityError:
            return False
        return True

    async def all(self) -> Sequence[StoredKey]:
        return [_key(row) for row in await self._db.all(_ALL)]

    async def retire(self, kid: str, *, gone_at: datetime) -> bool:
        values = {"key_id": kid, "until": gone_at}
        return await self._db.run(_RETIRE, values) == 1

    async def revoke(self, kid: str, *, now: datetime) -> bool:
        return await self._db.run(_REVOKE, {"key_id": kid, "now": now}) == 1

    async def replace_private(self, kid: str, *, old: str, new: str) -> bool:
        values = {"key_id": kid, "old": old, "new": new}
        return await self._db.run(_REPLACE_PRIVATE, values) == 1

    async def purge(self, *, before: datetime) -> int:
        return await self._db.purge(_c.number, _c.gone_at < before)


def _values(key: StoredKey) -> Mapping[str, object]:
    return {
        "number": key.number,
        "kid": key.kid,
        "algorithm": key.algorithm,
        "private": key.private,
        "created_at": key.created_at,
        "active_at": key.active_at,
        "gone_at": key.gone_at,
        "revoked_at": key.revoked_at,
    }


def _key(row: Row) -> StoredKey:
    return StoredKey(
        number=row[_c.number],
        kid=row[_c.kid],
        algorithm=row[_c.algorithm],
        private=row[_c.private],
        created_at=row[_c.created_at],
        active_at=row[_c.active_at],
        gone_at=row[_c.gone_at],
        revoked_at=row[_c.revoked_at],
    )

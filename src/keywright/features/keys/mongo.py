"""Signing keys in MongoDB; the number is the document's id."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pymongo.errors import DuplicateKeyError

from keywright.features.keys.documents import SIGNING_KEYS
from keywright.features.keys.types import StoredKey
from keywright.shared.mongo import Fields, MongoDatabase, purge


class Keys:
    """Signing keys, by their numbers."""

    def __init__(self, db: MongoDatabase) -> None:
        self._db = db
        self._keys = db.collection(SIGNING_KEYS)

    async def add(self, key: StoredKey) -> bool:
        try:
            await self._db.run(self._keys.insert_one(_fields(key)))
        except DuplicateKeyError:
            return False
        return True

    async def all(self) -> Sequence[StoredKey]:
        found = await self._db.run(self._keys.find().sort("_id", 1).to_list())
        return [_key(one) for one in found]

    async def retire(self, kid: str, *, gone_at: datetime) -> bool:
        return await self._change({"kid": kid, "gone_at": None}, {"gone_at": gone_at})

    async def revoke(self, kid: str, *, now: datetime) -> bool:
        return await self._change({"kid": kid, "revoked_at": None}, {"revoked_at": now})

    async def replace_private(self, kid: str, *, old: str, new: str) -> bool:
        return await self._change({"kid": kid, "private": old}, {"private": new})

    async def purge(self, *, before: datetime) -> int:
        return await purge(self._db, SIGNING_KEYS, {"gone_at": {"$lt": before}})

    async def _change(
        self, condition: Mapping[str, object], values: Mapping[str, object]
    ) -> bool:
        result = await self._db.run(self._keys.update_one(condition, {"$set": values}))
        return result.matched_count == 1


def _fields(key: StoredKey) -> Fields:
    return {
        "_id": key.number,
        "kid": key.kid,
        "algorithm": key.algorithm,
        "private": key.private,
        "created_at": key.created_at,
        "active_at": key.active_at,
        "gone_at": key.gone_at,
        "revoked_at": key.revoked_at,
    }


def _key(found: Mapping[str, Any]) -> StoredKey:
    return StoredKey(
        number=found["_id"],
        kid=found["kid"],
        algorithm=found["algorithm"],
        private=found["private"],
        created_at=found["created_at"],
        active_at=found["active_at"],
        gone_at=found["gone_at"],
        revoked_at=found["revoked_at"],
    )

"""Redirects under way in MongoDB."""

from datetime import datetime

from pymongo.errors import DuplicateKeyError

from keywright.features.oauth.documents import TRANSACTIONS
from keywright.features.oauth.types import Transaction
from keywright.shared.mongo import MongoDatabase, purge


class Transactions:
    """Transactions, found by digest."""

    def __init__(self, db: MongoDatabase) -> None:
        self._db = db
        self._transactions = db.collection(TRANSACTIONS)

    async def add(self, transaction: Transaction) -> bool:
        fields = {
            "_id": transaction.digest,
            "provider": transaction.provider,
            "browser": transaction.browser,
            "data": transaction.data,
            "created_at": transaction.created_at,
            "expires_at": transaction.expires_at,
        }
        try:
            await self._db.run(self._transactions.insert_one(fields))
        except DuplicateKeyError:
            return False
        return True

    async def take(self, digest: bytes, *, now: datetime) -> Transaction | None:
        found = await self._db.run(
            self._transactions.find_one_and_delete(
                {"_id": digest, "expires_at": {"$gt": now}}
            )
        )
        if found is None:
            return None
        return Transaction(
            digest=found["_id"],
            provider=found["provider"],
            browser=found["browser"],
            data=found["data"],
            created_at=found["created_at"],
            expires_at=found["expires_at"],
        )

    async def purge(self, *, before: datetime) -> int:
        return await purge(self._db, TRANSACTIONS, {"expires_at": {"$lt": before}})

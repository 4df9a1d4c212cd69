"""Redirects under way in this process's memory: for tests only."""

from datetime import datetime

from keywright.features.oauth.types import Transaction

PURGED_AT_ONCE = 1000


class Transactions:
    """Transactions by digest."""

    def __init__(self) -> None:
        self._transactions: dict[bytes, Transaction] = {}

    async def add(self, transaction: Transaction) -> bool:
        if transaction.digest in self._transactions:
            return False
        self._transactions[transaction.digest] = transaction
        return True

    async def take(self, digest: bytes, *, now: datetime) -> Transaction | None:
        found = self._transactions.get(digest)
        if found is None or found.expires_at <= now:
            return None
        return self._transactions.pop(digest)

    async def purge(self, *, before: datetime) -> int:
        expired = [
            one.digest for one in self._transactions.values() if one.expires_at < before
        ][:PURGED_AT_ONCE]
        for digest in expired:
            del self._transactions[digest]
        return len(expired)

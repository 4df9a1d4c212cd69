"""Where redirects that are under way are kept."""

from datetime import datetime
from typing import Protocol

from keywright.features.oauth.types import Transaction


class TransactionStore(Protocol):
    """Transactions by their digest; each method is one atomic step."""

    async def add(self, transaction: Transaction) -> bool:
        """Add *transaction*; False if its digest is there already.

        Of any number of concurrent calls with one digest exactly one returns True.
        """

    async def take(self, digest: bytes, *, now: datetime) -> Transaction | None:
        """Remove the transaction and return it; None if there is none or it expired.

        Of any number of concurrent calls exactly one gets it.
        """

    async def purge(self, *, before: datetime) -> int:
        """Remove up to 1000 that expired before *before*; return how many."""

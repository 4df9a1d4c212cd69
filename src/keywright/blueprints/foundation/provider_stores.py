"""What sign-in with providers needs kept."""

from dataclasses import dataclass
from datetime import datetime

from keywright.features.identities.store import IdentityStore
from keywright.features.oauth.store import TransactionStore


@dataclass(frozen=True, slots=True)
class ProviderStores:
    """Who somebody is at providers, and sign-ins that are under way."""

    identities: IdentityStore
    transactions: TransactionStore

    async def purge(self, *, before: datetime) -> int:
        """Remove up to 1000 sign-ins that ended before *before*."""
        return await self.transactions.purge(before=before)

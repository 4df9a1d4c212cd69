"""What sign-in with providers needs kept."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from keywright.features.identities.store import IdentityStore, SealedTokenStore
from keywright.features.oauth.store import TransactionStore


class KeptIdentities(IdentityStore, SealedTokenStore, Protocol):
    """Identities, and the tokens that are kept with them."""


@dataclass(frozen=True, slots=True)
class ProviderStores:
    """Who somebody is at providers, and sign-ins that are under way."""

    identities: KeptIdentities
    transactions: TransactionStore

    async def purge(self, *, before: datetime) -> int:
        """Remove up to 1000 sign-ins that ended before *before*."""
        return await self.transactions.purge(before=before)

"""What sign-in with providers keeps in a MongoDB database."""

from collections.abc import Mapping
from typing import Final

from keywright.blueprints.foundation.provider_stores import ProviderStores
from keywright.blueprints.foundation.types import PartStores
from keywright.features.identities.documents import IDENTITIES
from keywright.features.identities.mongo import Identities
from keywright.features.oauth.documents import TRANSACTIONS
from keywright.features.oauth.mongo import Transactions
from keywright.shared.mongo import MongoDatabase

__all__ = ["COLLECTIONS", "provider_stores"]

COLLECTIONS: Final = (IDENTITIES, TRANSACTIONS)


def provider_stores(db: MongoDatabase) -> Mapping[type, PartStores]:
    """Return these stores, kept in *db*."""
    return {ProviderStores: ProviderStores(Identities(db), Transactions(db))}

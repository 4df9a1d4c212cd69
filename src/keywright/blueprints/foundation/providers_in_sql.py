"""What sign-in with providers keeps in a SQL database."""

from collections.abc import Mapping

from keywright.blueprints.foundation.provider_stores import ProviderStores
from keywright.blueprints.foundation.types import PartStores
from keywright.features.identities.sql import Identities
from keywright.features.oauth.sql import Transactions
from keywright.shared.sql import Database

__all__ = ["provider_stores"]


def provider_stores(db: Database) -> Mapping[type, PartStores]:
    """Return these stores, kept in *db*."""
    return {ProviderStores: ProviderStores(Identities(db), Transactions(db))}

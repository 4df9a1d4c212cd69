"""Everything in one SQL database."""

from keywright.blueprints.foundation.in_sql import open_database, stores_in
from keywright.blueprints.foundation.types import ProviderStores
from keywright.blueprints.stateful_auth.settings import Settings
from keywright.blueprints.stateful_auth.types import Stores
from keywright.features.identities.sql import Identities
from keywright.features.oauth.sql import Transactions
from keywright.features.opaque_sessions.sql import Sessions


async def open_stores(settings: Settings) -> Stores:
    """Open the stores; connections are made when needed."""
    db = open_database(settings)
    providers = ProviderStores(Identities(db), Transactions(db))
    return stores_in(db, Sessions(db), providers=providers)

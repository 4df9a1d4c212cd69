"""Everything in one SQL database."""

from keywright.blueprints.foundation.in_sql import open_database, stores_in
from keywright.blueprints.foundation.providers_in_sql import provider_stores
from keywright.blueprints.stateless_auth.settings import Settings
from keywright.blueprints.stateless_auth.types import Stores
from keywright.features.keys.sql import Keys
from keywright.features.refresh_tokens.sql import Families


async def open_stores(settings: Settings) -> Stores:
    """Open the stores; connections are made when needed."""
    db = open_database(settings)
    providers = provider_stores(db)
    return stores_in(db, Families(db), Keys(db), providers)

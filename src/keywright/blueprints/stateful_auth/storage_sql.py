"""Everything in one SQL database."""

from keywright.blueprints.foundation.in_sql import open_database, stores_in
from keywright.blueprints.foundation.providers_in_sql import provider_stores
from keywright.blueprints.stateful_auth.settings import Settings
from keywright.blueprints.stateful_auth.types import Stores
from keywright.features.opaque_sessions.sql import Sessions


async def open_stores(settings: Settings) -> Stores:
    """Open the stores; connections are made when needed."""
    db = open_database(settings)
    providers = provider_stores(db)
    return stores_in(db, Sessions(db), parts=providers)

"""Everything in one SQL database."""

from keywright.blueprints.backend_starter.settings import Settings
from keywright.blueprints.backend_starter.types import Stores
from keywright.blueprints.foundation.in_sql import open_database, stores_in
from keywright.features.refresh_tokens.sql import Families


async def open_stores(settings: Settings) -> Stores:
    """Open the stores; connections are made when needed."""
    db = open_database(settings)
    return stores_in(db, Families(db))

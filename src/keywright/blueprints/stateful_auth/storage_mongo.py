"""Everything in one MongoDB database."""

from keywright.blueprints.foundation.in_mongo import open_database, stores_in
from keywright.blueprints.foundation.providers_in_mongo import provider_stores
from keywright.blueprints.stateful_auth.collections import EVERY
from keywright.blueprints.stateful_auth.settings import Settings
from keywright.blueprints.stateful_auth.types import Stores
from keywright.features.opaque_sessions.mongo import Sessions


async def open_stores(settings: Settings) -> Stores:
    """Open the stores; connections are made when needed."""
    db = open_database(settings)
    providers = provider_stores(db)
    return stores_in(db, Sessions(db), parts=providers, collections=EVERY)

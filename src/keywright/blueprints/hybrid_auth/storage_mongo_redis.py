"""Sessions, limits and failures in Redis; everything else in a MongoDB database."""

from keywright.blueprints.foundation.in_mongo import open_database, stores_in
from keywright.blueprints.foundation.in_redis import open_client, with_redis
from keywright.blueprints.foundation.providers_in_mongo import provider_stores
from keywright.blueprints.hybrid_auth.collections import EVERY
from keywright.blueprints.hybrid_auth.settings import Settings
from keywright.blueprints.hybrid_auth.types import Stores
from keywright.features.keys.mongo import Keys
from keywright.features.outbox.mongo import Letters
from keywright.features.refresh_tokens.redis import Families
from keywright.features.users.mongo import Users


async def open_stores(settings: Settings) -> Stores:
    """Open the stores; connections are made when needed."""
    db, client = open_database(settings), open_client(settings)
    providers = provider_stores(db)
    families = Families(client, Users(db), Letters(db), settings.redis_prefix)
    stores = stores_in(db, families, Keys(db), providers, collections=EVERY)
    return with_redis(stores, client, settings)

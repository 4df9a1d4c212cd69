"""Sessions, limits and failures in Redis; everything else in a MongoDB database."""

from keywright.blueprints.foundation.in_mongo import open_database, stores_in
from keywright.blueprints.foundation.in_redis import open_client, with_redis
from keywright.blueprints.foundation.providers_in_mongo import provider_stores
from keywright.blueprints.stateful_auth.collections import EVERY
from keywright.blueprints.stateful_auth.settings import Settings
from keywright.blueprints.stateful_auth.types import Stores
from keywright.features.opaque_sessions.redis import Sessions
from keywright.features.outbox.mongo import Letters
from keywright.features.users.mongo import Users


async def open_stores(settings: Settings) -> Stores:
    """Open the stores; connections are made when needed."""
    db, client = open_database(settings), open_client(settings)
    providers = provider_stores(db)
    sessions = Sessions(client, Users(db), Letters(db), settings.redis_prefix)
    stores = stores_in(db, sessions, parts=providers, collections=EVERY)
    return with_redis(stores, client, settings)

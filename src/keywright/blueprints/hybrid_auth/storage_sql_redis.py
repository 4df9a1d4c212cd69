"""Sessions, limits and failures in Redis; everything else in a SQL database."""

from keywright.blueprints.foundation.in_redis import open_client, with_redis
from keywright.blueprints.foundation.in_sql import open_database, stores_in
from keywright.blueprints.foundation.providers_in_sql import provider_stores
from keywright.blueprints.hybrid_auth.settings import Settings
from keywright.blueprints.hybrid_auth.types import Stores
from keywright.features.keys.sql import Keys
from keywright.features.outbox.sql import Letters
from keywright.features.refresh_tokens.redis import Families
from keywright.features.users.sql import Users


async def open_stores(settings: Settings) -> Stores:
    """Open the stores; connections are made when needed."""
    db, client = open_database(settings), open_client(settings)
    providers = provider_stores(db)
    families = Families(client, Users(db), Letters(db), settings.redis_prefix)
    return with_redis(stores_in(db, families, Keys(db), providers), client, settings)

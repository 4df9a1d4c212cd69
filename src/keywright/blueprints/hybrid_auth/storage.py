"""The stores of hybrid-auth: this slot chooses by the addresses that are set."""

from keywright.blueprints.hybrid_auth.settings import Settings
from keywright.blueprints.hybrid_auth.types import Stores
from keywright.shared.database_urls import is_mongodb

__all__ = ["open_stores"]


async def open_stores(settings: Settings) -> Stores:
    """Open the stores that *settings* name; connections are made when needed."""
    url = settings.database_url.get_secret_value()
    match is_mongodb(url), settings.redis_url is not None:
        case True, True:
            from keywright.blueprints.hybrid_auth.storage_mongo_redis import (
                open_stores as open_chosen,
            )
        case True, False:
            from keywright.blueprints.hybrid_auth.storage_mongo import (
                open_stores as open_chosen,
            )
        case False, True:
            from keywright.blueprints.hybrid_auth.storage_sql_redis import (
                open_stores as open_chosen,
            )
        case _:
            from keywright.blueprints.hybrid_auth.storage_sql import (
                open_stores as open_chosen,
            )
    return await open_chosen(settings)

"""The stores of hybrid-auth: this slot chooses by the addresses that are set."""

from keywright.blueprints.hybrid_auth.settings import Settings
from keywright.blueprints.hybrid_auth.types import Stores

__all__ = ["open_stores"]


async def open_stores(settings: Settings) -> Stores:
    """Open the stores that *settings* name; connections are made when needed."""
    if settings.redis_url is not None:
        from keywright.blueprints.hybrid_auth.storage_sql_redis import (
            open_stores as open_chosen,
        )
    else:
        from keywright.blueprints.hybrid_auth.storage_sql import (
            open_stores as open_chosen,
        )
    return await open_chosen(settings)

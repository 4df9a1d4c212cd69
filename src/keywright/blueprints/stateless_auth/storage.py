"""The stores of stateless-auth: this slot chooses by the address that is set."""

from keywright.blueprints.stateless_auth.settings import Settings
from keywright.blueprints.stateless_auth.types import Stores
from keywright.shared.database_urls import is_mongodb

__all__ = ["open_stores"]


async def open_stores(settings: Settings) -> Stores:
    """Open the stores that *settings* name; connections are made when needed."""
    if is_mongodb(settings.database_url.get_secret_value()):
        from keywright.blueprints.stateless_auth.storage_mongo import (
            open_stores as open_chosen,
        )
    else:
        from keywright.blueprints.stateless_auth.storage_sql import (
            open_stores as open_chosen,
        )
    return await open_chosen(settings)

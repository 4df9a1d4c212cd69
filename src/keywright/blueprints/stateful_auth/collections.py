"""The collections of stateful-auth in MongoDB; run as a module, this makes them."""

import asyncio
from typing import Final

from keywright.blueprints.foundation.in_mongo import ALWAYS, make
from keywright.blueprints.foundation.providers_in_mongo import COLLECTIONS
from keywright.blueprints.stateful_auth.settings import load_settings
from keywright.features.opaque_sessions.documents import SESSIONS

EVERY: Final = (
    *ALWAYS,
    SESSIONS,
    *COLLECTIONS,
)


if __name__ == "__main__":
    asyncio.run(make(load_settings().database_url.get_secret_value(), EVERY))

"""The collections of stateless-auth in MongoDB; run as a module, this makes them."""

import asyncio
from typing import Final

from keywright.blueprints.foundation.in_mongo import ALWAYS, make
from keywright.blueprints.foundation.providers_in_mongo import COLLECTIONS
from keywright.blueprints.stateless_auth.settings import load_settings
from keywright.features.ended_sessions.documents import ENDED_SESSIONS
from keywright.features.keys.documents import SIGNING_KEYS
from keywright.features.refresh_tokens.documents import FAMILIES

EVERY: Final = (
    *ALWAYS,
    ENDED_SESSIONS,
    FAMILIES,
    SIGNING_KEYS,
    *COLLECTIONS,
)


if __name__ == "__main__":
    asyncio.run(make(load_settings().database_url.get_secret_value(), EVERY))

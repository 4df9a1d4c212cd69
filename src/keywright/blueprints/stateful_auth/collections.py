"""The collections of stateful-auth in MongoDB; run as a module, this makes them."""

import asyncio
from typing import Final

from keywright.blueprints.foundation.in_mongo import ALWAYS, make
from keywright.blueprints.stateful_auth.settings import load_settings
from keywright.features.identities.documents import IDENTITIES
from keywright.features.oauth.documents import TRANSACTIONS
from keywright.features.opaque_sessions.documents import SESSIONS

EVERY: Final = (
    *ALWAYS,
    IDENTITIES,
    SESSIONS,
    TRANSACTIONS,
)


if __name__ == "__main__":
    asyncio.run(make(load_settings().database_url.get_secret_value(), EVERY))

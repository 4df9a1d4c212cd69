"""The collections of backend-starter in MongoDB; run as a module, this makes them."""

import asyncio
from typing import Final

from keywright.blueprints.backend_starter.settings import load_settings
from keywright.blueprints.foundation.in_mongo import ALWAYS, make
from keywright.features.ended_sessions.documents import ENDED_SESSIONS
from keywright.features.refresh_tokens.documents import FAMILIES

EVERY: Final = (*ALWAYS, ENDED_SESSIONS, FAMILIES)

if __name__ == "__main__":
    address = load_settings().database_url.get_secret_value()
    asyncio.run(make(address, EVERY))

"""The collections of hybrid-auth in MongoDB; run as a module, this makes them."""

import asyncio
from typing import Final

from keywright.blueprints.hybrid_auth.settings import load_settings
from keywright.features.audit.documents import AUDIT_EVENTS
from keywright.features.challenges.documents import OTPS
from keywright.features.keys.documents import SIGNING_KEYS
from keywright.features.lockout.documents import FAILURES
from keywright.features.outbox.documents import LETTERS
from keywright.features.rate_limits.documents import RATE_LIMITS
from keywright.features.refresh_tokens.documents import FAMILIES
from keywright.features.users.documents import USERS
from keywright.shared.mongo import MongoDatabase
from keywright.shared.mongo_schema import prepare

EVERY: Final = (
    AUDIT_EVENTS,
    FAILURES,
    FAMILIES,
    LETTERS,
    OTPS,
    RATE_LIMITS,
    SIGNING_KEYS,
    USERS,
)


async def make_collections(url: str) -> None:
    """Create or change the collections at *url*; harmless to repeat."""
    db = MongoDatabase(url)
    try:
        await prepare(db, EVERY)
    finally:
        await db.close()


if __name__ == "__main__":
    address = load_settings().database_url.get_secret_value()
    asyncio.run(make_collections(address))

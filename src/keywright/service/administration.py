"""What operators do from the command line, with the blueprint opened for it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from keywright.blueprints.hybrid_auth.composition import Hybrid, open_hybrid
from keywright.blueprints.hybrid_auth.settings import Settings
from keywright.features.audit.service import AuditTrail
from keywright.features.users.events import UserAdded
from keywright.features.users.policy import canonical_email
from keywright.features.users.types import User
from keywright.service.database import prepare
from keywright.shared.clock import utc_now
from keywright.shared.secrets import new_id

ADMIN = "admin"


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Hybrid]:
    """Open everything the blueprint has, and close it at the end; nothing is served."""
    await prepare(settings)
    hybrid = await open_hybrid(settings)
    try:
        yield hybrid
    finally:
        await hybrid.close()


async def add_admin(hybrid: Hybrid, *, email: str, name: str, password: str) -> User:
    """Add a user with the role admin whose address counts as proved.

    Raise ValueError for an address that is none, `PasswordRefused`, or `EmailTaken`.
    """
    address = canonical_email(email)
    hybrid.passwords.require_good(password, context=(address, name), field="password")
    now, user_id = utc_now(), new_id()
    user = User(
        id=user_id,
        name=name,
        email=address,
        password_hash=await hybrid.passwords.seal(password, user_id=user_id),
        role=ADMIN,
        is_email_verified=True,
        created_at=now,
        updated_at=now,
    )
    await hybrid.stores.users.add(user)
    trail = AuditTrail(hybrid.stores.audit, now=utc_now)
    await trail(UserAdded(user_id))
    await trail.flush()
    return user

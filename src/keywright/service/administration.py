"""What operators do from the command line, with the blueprint opened for it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from keywright.blueprints.foundation.settings import AuthSettings
from keywright.blueprints.foundation.types import Auth
from keywright.features.audit.service import AuditTrail
from keywright.features.avatars.service import UserPictures
from keywright.features.avatars.worker import FileSweep
from keywright.features.keys.service import SigningKeys
from keywright.features.lockout.events import TriesForgotten
from keywright.features.passwords.service import PasswordDoor
from keywright.features.users.events import UserAdded
from keywright.features.users.policy import canonical_email
from keywright.features.users.types import User
from keywright.service.accounts import account_of
from keywright.service.blueprints import blueprint_of
from keywright.service.database import prepare
from keywright.service.failures import Failure
from keywright.shared.clock import utc_now
from keywright.shared.errors import StoreUnavailable
from keywright.shared.secrets import new_id


@asynccontextmanager
async def opened(settings: AuthSettings) -> AsyncIterator[Auth]:
    """Open everything the blueprint has, and close it at the end; nothing is served."""
    await prepare(settings)
    auth = await blueprint_of(settings).open_auth(settings)
    try:
        yield auth
    finally:
        await auth.close()


def keys_of(auth: Auth, settings: AuthSettings) -> SigningKeys:
    """Return the signing keys; raise `Failure` if the blueprint signs nothing."""
    keys = auth.services.find(SigningKeys)
    if keys is None:
        raise Failure(f"{settings.blueprint} signs no tokens, so it has no keys.")
    return keys


async def swept(auth: Auth) -> int:
    """Remove the files that are nobody's picture and return how many."""
    pictures = auth.services.find(UserPictures)
    if pictures is None:
        return 0
    try:
        return await FileSweep(pictures.users, pictures.files, utc_now).run()
    except StoreUnavailable:
        raise Failure("The store of pictures does not answer.") from None


async def add_admin(
    auth: Auth, *, email: str, name: str, password: str, role: str
) -> User:
    """Add a user with *role*, the administrators', whose address counts as proved.

    Raise ValueError for an address that is none, `PasswordRefused`, or `EmailTaken`.
    """
    address = canonical_email(email)
    auth.passwords.require_good(password, context=(address, name), field="password")
    now, user_id = utc_now(), new_id()
    user = User(
        id=user_id,
        name=name,
        email=address,
        password_hash=await auth.passwords.seal(password, user_id=user_id),
        role=role,
        is_email_verified=True,
        created_at=now,
        updated_at=now,
    )
    await auth.stores.users.add(user)
    trail = AuditTrail(auth.stores.audit, now=utc_now)
    await trail(UserAdded(user_id))
    await trail.flush()
    return user


async def unlock(auth: Auth, email: str) -> User:
    """Forget what strangers tried at the account of *email* and return its user.

    Raise ValueError for an address that is none, `Failure` for one of nobody.
    """
    user = await account_of(auth, email)
    await auth.services.get(PasswordDoor).lockout.clear(user.email)
    trail = AuditTrail(auth.stores.audit, now=utc_now)
    await trail(TriesForgotten(user.id))
    await trail.flush()
    return user

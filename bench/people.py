"""Users for measurements: rows with sessions, made directly in the store."""

import asyncio
from dataclasses import dataclass

from keywright.blueprints.foundation.types import Auth
from keywright.blueprints.hybrid_auth.composition import open_auth
from keywright.features.refresh_tokens.service import RefreshTokens
from keywright.features.sessions.types import Credentials, Device
from keywright.features.users.types import User
from keywright.shared.clock import utc_now
from keywright.shared.secrets import new_id

PASSWORD = "difference engine no. 2"


@dataclass(frozen=True)
class Person:
    """A user who is signed in."""

    email: str
    credentials: Credentials


async def make_people(auth: Auth, count: int) -> list[Person]:
    """Return *count* new users, each with one session and the same password."""
    refresh = auth.services.get(RefreshTokens)
    device = Device("bench", "127.0.0.1")

    async def make() -> Person:
        user_id = new_id()
        now = utc_now()
        user = User(
            id=user_id,
            name="Bench User",
            email=f"{user_id}@bench.example",
            password_hash=await auth.passwords.seal(PASSWORD, user_id=user_id),
            role="user",
            is_email_verified=True,
            created_at=now,
            updated_at=now,
        )
        await auth.stores.users.add(user)
        return Person(user.email, await refresh.open(user, device, amr=("pwd",)))

    return [await make() for _ in range(count)]


def people(count: int) -> list[Person]:
    """Return *count* users in the stores that the environment names."""
    from keywright import load_settings

    async def run() -> list[Person]:
        auth = await open_auth(load_settings())
        try:
            return await make_people(auth, count)
        finally:
            await auth.close()

    return asyncio.run(run())

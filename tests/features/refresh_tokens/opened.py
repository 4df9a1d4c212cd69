"""A session that was just opened."""

import pytest

from keywright.features.refresh_tokens.errors import (
    RefreshMissing,
    RefreshReused,
)
from keywright.features.refresh_tokens.types import Lifetimes
from keywright.features.sessions.errors import SessionEnded
from keywright.features.sessions.types import Credentials
from keywright.features.users.types import User
from tests.features.world import DEVICE, World
from tests.instants import SECOND

WINDOW = Lifetimes().retry_window


STRICT = Lifetimes(retry_window=0 * SECOND)


class Session:
    """A world with one user who is signed in."""

    def __init__(self, world: World, user: User, opened: Credentials) -> None:
        self.world = world
        self.user = user
        self.opened = opened
        self.first = token_of(opened)

    async def refresh(self, token: str) -> Credentials:
        """Exchange *token*."""
        return await self.world.refresh.refresh(token)

    async def refused(self, token: str) -> str:
        """Exchange *token*, be refused, and return the code."""
        with pytest.raises((SessionEnded, RefreshReused, RefreshMissing)) as error:
            await self.refresh(token)
        return error.value.code

    async def is_alive(self) -> bool:
        """Say whether the access token given out first still speaks for the user."""
        try:
            await self.world.principal(self.opened)
        except SessionEnded:
            return False
        return True


def token_of(credentials: Credentials) -> str:
    """Return the refresh token in *credentials*."""
    assert credentials.refresh is not None
    return credentials.refresh


async def session(lifetimes: Lifetimes | None = None) -> Session:
    """Return a session that was just opened."""
    world = World(lifetimes=lifetimes)
    user = await world.add_user()
    opened = await world.refresh.open(user, DEVICE, amr=("pwd",))
    return Session(world, user, opened)

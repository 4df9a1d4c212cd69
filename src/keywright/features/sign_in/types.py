"""A completed sign-in."""

from dataclasses import dataclass, field
from typing import Protocol

from keywright.features.sessions.types import Credentials
from keywright.features.users.types import User


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new session, and the cookie by which its device is known from now on."""

    user: User
    credentials: Credentials
    device_cookie: str = field(repr=False)


class SecondFactor(Protocol):
    """A factor that is asked for after the first one."""

    name: str

    async def required_for(self, user: User) -> bool:
        """Say whether *user* has to show this factor too."""

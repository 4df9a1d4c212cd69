"""The services that the state machine drives, over the stores of any backend."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import cast
from uuid import UUID

from keywright.features.lockout.service import KnownDevices
from keywright.features.outbox.service import LetterWriter
from keywright.features.outbox.types import Letter
from keywright.features.refresh_tokens.service import (
    FamilyAuthenticator,
    RefreshTokens,
)
from keywright.features.refresh_tokens.store import RefreshFamilyStore
from keywright.features.refresh_tokens.types import Lifetimes
from keywright.features.sessions.types import (
    Credentials,
    EndReason,
    PresentedCredentials,
    Principal,
)
from keywright.features.sign_in.service import SignIn
from keywright.features.users.errors import AccountBanned
from keywright.features.users.types import Status, User
from keywright.shared.access_tokens import AccessTokens
from keywright.shared.clock import Now
from keywright.shared.errors import AuthError, StoreUnavailable
from keywright.shared.events import Event
from keywright.shared.rotating_tokens import RotatingTokens
from tests.contracts.stores import Stores
from tests.features.users.builders import user
from tests.features.world import DEVICE, RING, SECRET, VAULT


class Line:
    """What lies between the services and their store of families: it may fail.

    Before each step others get a turn, as on a network.
    """

    def __init__(self, families: RefreshFamilyStore) -> None:
        self._families = families
        self._failure: bool | None = None
        self.letter: Letter | None = None

    def fail_rotation(self, *, afterwards: bool) -> None:
        """Let the next rotation fail, before or *afterwards*."""
        self._failure = afterwards

    def __getattr__(self, name: str) -> Callable[..., Awaitable[object]]:
        step: Callable[..., Awaitable[object]] = getattr(self._families, name)

        async def taken(*arguments: object, **named: object) -> object:
            await asyncio.sleep(0)
            failure = None
            if name == "rotate":
                failure, self._failure = self._failure, None
            if failure is False:
                raise StoreUnavailable
            result = await step(*arguments, **named)
            if name == "end" and result is True:
                self.letter = cast("Letter | None", named.get("letter"))
            if failure is True:
                raise StoreUnavailable
            return result

        return taken


class Service:
    """Sign-in and refresh of one user, and what an administrator can do."""

    def __init__(
        self, stores: Stores, lifetimes: Lifetimes, max_sessions: int, now: Now
    ) -> None:
        self._stores = stores
        self._now = now
        self._user = replace(user(), created_at=now(), updated_at=now())
        self.events: list[Event] = []
        self.line = Line(stores.families)
        families = cast("RefreshFamilyStore", self.line)  # forwards every method
        access = AccessTokens(
            lambda: RING,
            issuer="https://auth.example.com",
            lifetime=lifetimes.access,
            now=now,
        )
        letters = LetterWriter(VAULT, now=now)
        self.refresh = RefreshTokens(
            families=families,
            tokens=RotatingTokens(
                signing_keys=SECRET.keys("refresh signing"),
                successor_keys=SECRET.keys("refresh successor"),
            ),
            access=access,
            letters=letters,
            lifetimes=lifetimes,
            max_sessions=max_sessions,
            publish=self._publish,
            now=now,
        )
        self._authenticator = FamilyAuthenticator(families, access, now)
        self._door = SignIn(
            users=stores.users,
            issuer=self.refresh,
            devices=KnownDevices(SECRET.keys("known device")),
            outbox=stores.outbox,
            letters=letters,
            refuse_deactivated=self._refuse,
            publish=self._publish,
            now=now,
        )

    async def add_user(self) -> None:
        """Add the user."""
        await self._stores.users.add(self._user)

    async def sign_in(self) -> Credentials:
        """Open a session, the password being right."""
        found = await self._stores.users.by_id(self._user.id)
        assert found is not None
        signed_in = await self._door.finish(
            found, DEVICE, amr=("pwd",), known_device=None, announce=False
        )
        return signed_in.credentials

    async def principal(self, access: str) -> Principal:
        """Return whom the access token speaks for."""
        presented = PresentedCredentials(cookie=access, bearer=None)
        return await self._authenticator.authenticate(presented)

    async def listed(self, epoch: int) -> list[UUID]:
        """Return the ids of the live sessions, newest first."""
        sessions = await self._stores.families.of_user(
            self._user.id, epoch=epoch, now=self._now()
        )
        return [one.id for one in sessions]

    async def end(self, session_id: UUID, reason: EndReason) -> bool:
        """End one session."""
        await asyncio.sleep(0)
        return await self._stores.families.end(
            session_id, self._user.id, reason=reason, now=self._now()
        )

    async def end_all(self) -> None:
        """End all sessions."""
        await self._stores.families.end_others(
            self._user.id,
            keep=None,
            reason=EndReason.ENDED_BY_OPERATOR,
            now=self._now(),
        )

    async def change_password(self, epoch: int) -> bool:
        """Set another password."""
        return await self._stores.users.replace_password(
            self._user.id, "another", epoch=epoch, now=self._now(), letter=None
        )

    async def set_status(self, status: Status, epoch: int) -> bool:
        """Ban the user, or take it back."""
        return await self._stores.users.set_status(
            self._user.id,
            status,
            epoch=epoch,
            purge_after=None,
            now=self._now(),
            letter=None,
        )

    async def is_told(self) -> bool:
        """Say whether the letter about a reuse is in the outbox."""
        letter = self.line.letter
        return letter is not None and await self._stores.letter(letter.id) is not None

    async def _publish(self, event: Event) -> None:
        self.events.append(event)

    async def _refuse(self, found: User) -> AuthError:
        return AccountBanned()

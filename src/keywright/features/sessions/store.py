"""What listing, ending and checking sessions needs, whoever keeps the record."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from keywright.features.outbox.types import Letter
from keywright.features.sessions.types import (
    Credentials,
    Device,
    EndReason,
    PresentedCredentials,
    Principal,
    Session,
)
from keywright.features.users.types import User


class OpenSessions(Protocol):
    """The sessions of users; `of_user` and `end_others` are loops of atomic steps."""

    async def of_user(
        self, user_id: UUID, *, epoch: int, now: datetime
    ) -> Sequence[Session]:
        """Return the live sessions of the user, newest first.

        Where tokens rotate, a session was last seen when its token did.
        """

    async def end(
        self,
        session_id: UUID,
        user_id: UUID,
        *,
        reason: EndReason,
        now: datetime,
        letter: Letter | None = None,
    ) -> bool:
        """End the session and record *letter* in the same step.

        False, changing nothing, if it is unknown, another user's, or ended already:
        of concurrent calls exactly one returns True. Ending is never undone.
        """

    async def end_others(
        self, user_id: UUID, *, keep: UUID | None, reason: EndReason, now: datetime
    ) -> int:
        """End all sessions of the user but *keep*; return how many were ended.

        Expired ones are ended and counted too.
        """

    async def forget(self, user_id: UUID) -> None:
        """Remove every record of the user's sessions, of ended ones too.

        Harmless to repeat. Tokens of these sessions look unknown from then on.
        """

    async def purge(self, *, before: datetime) -> int:
        """Remove up to 1000 whose absolute expiry was before *before*."""


class Authenticator(Protocol):
    """Reads what a sign-in gave out."""

    async def authenticate(self, presented: PresentedCredentials) -> Principal:
        """Return who presents it, or raise `NotSignedIn` or a refusal of the status."""


class CredentialIssuer(Protocol):
    """Opens sessions; only the door of `sign_in` may call it."""

    async def open(
        self, user: User, device: Device, *, amr: Sequence[str]
    ) -> Credentials:
        """Open a session of *user* on *device* and return its credentials."""

"""Where opaque sessions are kept."""

from datetime import datetime
from typing import Protocol
from uuid import UUID

from keywright.features.opaque_sessions.types import PresentedSession
from keywright.features.sessions.store import OpenSessions
from keywright.features.sessions.types import Session
from keywright.features.users.types import User


class SessionStore(OpenSessions, Protocol):
    """Sessions and the digests of their tokens; each method is one atomic step."""

    async def add(self, session: Session, digest: bytes) -> None:
        """Add the session, or raise `SessionEnded` if the user is gone meanwhile.

        Where the database does not see to that, it is looked up afterwards: of a
        sign-in and a removal at once nothing stays but after a crash, until expiry.
        """

    async def by_token(
        self, presented: PresentedSession
    ) -> tuple[Session, User] | None:
        """Return the session that the token names and its user, in one read.

        None if either is missing, the session is another user's, or its digest is
        another one. Always from the primary, never from a cache.
        """

    async def extend(
        self, session_id: UUID, *, seen_at: datetime, idle_expires_at: datetime
    ) -> bool:
        """Say that the session was used at *seen_at*, and until when it is idle.

        False, changing nothing, if it was ended, has expired at *seen_at*, or was seen
        then or later.
        """

"""Where families are kept."""

from datetime import datetime
from typing import Protocol
from uuid import UUID

from keywright.features.ended_sessions.store import EndedSessions
from keywright.features.refresh_tokens.types import Presented, RefreshFamily
from keywright.features.sessions.store import OpenSessions
from keywright.features.sessions.types import Session
from keywright.features.users.types import User


class RefreshFamilyStore(OpenSessions, Protocol):
    """Families and their sessions, of one id each; each method is one atomic step.

    *ended* is where `end` records what it ended.
    """

    @property
    def ended(self) -> EndedSessions:
        """Return where the ends of these sessions are recorded."""

    async def add(self, family: RefreshFamily, session: Session) -> None:
        """Add both, or raise `SessionEnded` if the user is gone meanwhile.

        Where the database does not see to that, it is looked up afterwards: of a
        sign-in and a removal at once nothing stays but after a crash, until expiry.
        """

    async def by_id(
        self, family_id: UUID, user_id: UUID
    ) -> tuple[RefreshFamily, User] | None:
        """Return the family and its user in one read.

        None if either is missing or the family is another user's. Always from the
        primary, never from a cache.
        """

    async def rotate(
        self,
        presented: Presented,
        *,
        epoch: int,
        successor: bytes,
        now: datetime,
        idle_expires_at: datetime,
    ) -> bool:
        """Make *successor* the newest digest and *presented* the previous one.

        Return False, changing nothing, unless `judge` says ROTATE for the row as it
        stands. Of any number of concurrent calls with one token, exactly one
        returns True.
        """

"""Where the ends of sessions are kept."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID


class EndedSessions(Protocol):
    """Sessions that were ended before their time; each method is one atomic step.

    Whoever keeps sessions records their end here in the step that ends them, or,
    where nothing spans two keys, before it. An id outlives the rows of its session and
    of its user, so that tokens without either are still refused.
    """

    async def add(self, session_id: UUID, *, now: datetime) -> None:
        """Record that the session ended; doing it again changes nothing."""

    async def since(self, moment: datetime) -> Sequence[UUID]:
        """Return the ids of those that ended at *moment* or later, in any order."""

    async def purge(self, *, before: datetime) -> int:
        """Remove up to 1000 that ended before *before*; return how many."""


class RaisedEpochs(Protocol):
    """Users whose epoch was raised, which ends all sessions of an older one at once."""

    async def raised_since(self, moment: datetime) -> Mapping[UUID, int]:
        """Return the epochs, by user, that were reached at *moment* or later."""

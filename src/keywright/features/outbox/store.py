"""Where letters wait."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from keywright.features.outbox.types import Letter


class Outbox(Protocol):
    """Letters waiting for the mail server; each method is one atomic step."""

    async def put(self, letter: Letter) -> None:
        """Record *letter*, due at once; putting the same id again does nothing."""

    async def claim(
        self, *, lease: UUID, until: datetime, now: datetime, most: int
    ) -> Sequence[Letter]:
        """Take up to *most* letters that are due, and hold them until *until*.

        Due means: waiting, not postponed beyond *now*, and held by nobody whose
        lease is still running. Oldest first. No letter is handed to two claimants
        whose leases overlap. The attempts of those returned have been raised by one.
        Expired letters are handed out too: the worker abandons them.
        """

    async def sent(self, letter_id: UUID, *, lease: UUID) -> bool:
        """Mark as sent and wipe what was sealed; False unless *lease* holds it."""

    async def postpone(self, letter_id: UUID, *, lease: UUID, until: datetime) -> bool:
        """Release the letter until *until*; False unless *lease* holds it."""

    async def abandon(self, letter_id: UUID, *, lease: UUID, reason: str) -> bool:
        """Give up and wipe what was sealed; False unless *lease* holds it."""

    async def oldest(self) -> datetime | None:
        """Return when the oldest waiting letter was recorded, or None."""

    async def waiting(self, last: UUID | None, *, most: int) -> Sequence[Letter]:
        """Return up to *most* letters that wait, whoever holds them.

        In the order of their ids, which follow *last*; None stands before the first.
        """

    async def purge(self, *, before: datetime) -> int:
        """Remove up to 1000 letters that expired before *before*; return how many."""

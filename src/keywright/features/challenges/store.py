"""Where challenges are kept."""

from datetime import datetime
from typing import Protocol
from uuid import UUID

from keywright.features.challenges.types import Challenge
from keywright.features.outbox.types import Letter


class ChallengeStore(Protocol):
    """Challenges; each method is one atomic step.

    A *letter* is recorded in the same step, if and only if the step succeeds.
    """

    async def issue(
        self, challenge: Challenge, *, letter: Letter | None, lane: UUID | None = None
    ) -> None:
        """Add *challenge* and supersede those of its purpose and *lane*.

        All that are neither done nor superseded, whether expired or in use. Without a
        *lane* the subject is one; without a subject nothing is superseded.
        """

    async def by_id(self, flow_id: bytes) -> Challenge | None:
        """Return the challenge as it stands, or None."""

    async def count_attempt(self, flow_id: bytes, *, now: datetime) -> Challenge | None:
        """Count one attempt, then return the challenge with it counted.

        None, changing nothing, unless `may_try` says so of the row as it stands. Of
        any number of concurrent calls no more than *max_attempts* return one.
        """

    async def consume(self, flow_id: bytes, *, now: datetime) -> bool:
        """Mark as used; exactly one caller gets True, the others False.

        False unless `is_open` says so of the row as it stands.
        """

    async def finish(self, flow_id: bytes, *, now: datetime) -> bool:
        """Mark the effect of a used challenge as done; False if it was already."""

    async def renew(
        self,
        flow_id: bytes,
        *,
        proof: bytes,
        now: datetime,
        resend_at: datetime,
        expires_at: datetime,
        letter: Letter | None,
    ) -> bool:
        """Replace the proof, start counting attempts anew, and record *letter*.

        False, changing nothing, unless `may_renew` says so of the row as it stands:
        of concurrent calls exactly one sends.
        """

    async def forget(self, subject: UUID) -> None:
        """Remove all challenges about *subject*, done or not; harmless to repeat."""

    async def purge(self, *, before: datetime) -> int:
        """Remove up to 1000 that expired before *before*; return how many."""

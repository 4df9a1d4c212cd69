"""Removes what has ended: garbage only, for validity is judged by stored instants."""

from dataclasses import dataclass
from datetime import timedelta

from keywright.blueprints.hybrid_auth.types import Stores
from keywright.features.account_deletion.worker import LapsedPurge
from keywright.shared.clock import Now

KEEP_ENDED = timedelta(days=1)
KEEP_FAILURES = timedelta(days=90)
KEEP_AUDIT = timedelta(days=400)
BATCH = 1000


@dataclass(frozen=True, slots=True)
class Purge:
    """Any number of processes may purge at once."""

    stores: Stores
    lapsed: LapsedPurge
    now: Now

    async def run_batch(self) -> bool:
        """Remove a batch of everything and say whether there may be more."""
        more = await self.lapsed.run_once()
        return await self._remove_ended() >= BATCH or more

    async def run_all(self) -> None:
        """Remove everything that has ended."""
        while await self.run_batch():
            pass

    async def _remove_ended(self) -> int:
        ended = self.now() - KEEP_ENDED
        removed = [
            await store.purge(before=ended)
            for store in (
                self.stores.challenges,
                self.stores.families,
                self.stores.outbox,
                self.stores.limiter,
                self.stores.keys,
            )
        ]
        kept = self.now() - KEEP_FAILURES
        removed.append(await self.stores.failures.purge(before=kept))
        removed.append(await self.stores.audit.purge(before=self.now() - KEEP_AUDIT))
        return max(removed)

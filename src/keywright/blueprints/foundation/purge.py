"""Removes what has ended: garbage only, for validity is judged by stored instants."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from keywright.blueprints.foundation.types import Stores
from keywright.features.sessions.store import OpenSessions
from keywright.shared.clock import Now

KEEP_ENDED = timedelta(days=1)
KEEP_FAILURES = timedelta(days=90)
KEEP_AUDIT = timedelta(days=400)
BATCH = 1000


class _Purged(Protocol):
    async def purge(self, *, before: datetime) -> int: ...


@dataclass(frozen=True, slots=True)
class Purge:
    """Any number of processes may purge at once.

    *further* remove a batch of something else each, and say whether there may be more.
    """

    stores: Stores[OpenSessions]
    now: Now
    further: Sequence[Callable[[], Awaitable[bool]]] = ()

    async def run_batch(self) -> bool:
        """Remove a batch of everything and say whether there may be more."""
        more = [await remove() for remove in self.further]
        return await self._remove_ended() >= BATCH or any(more)

    async def run_all(self) -> None:
        """Remove everything that has ended."""
        while await self.run_batch():
            pass

    async def _remove_ended(self) -> int:
        ended = self.now() - KEEP_ENDED
        kept: list[_Purged] = [
            self.stores.challenges,
            self.stores.sessions,
            self.stores.outbox,
            self.stores.limiter,
        ]
        if self.stores.keys is not None:
            kept.append(self.stores.keys)
        kept += self.stores.parts.values()
        removed = [await store.purge(before=ended) for store in kept]
        before = self.now() - KEEP_FAILURES
        removed.append(await self.stores.failures.purge(before=before))
        removed.append(await self.stores.audit.purge(before=self.now() - KEEP_AUDIT))
        return max(removed)

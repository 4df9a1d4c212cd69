"""Removing files that nothing names: a crash before they were recorded left them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from keywright.features.avatars.policy import is_file_name, key_of
from keywright.features.users.store import Avatars
from keywright.senders.files import FileStore
from keywright.shared.clock import Now

OLD_ENOUGH: Final = timedelta(days=1)
"""Nothing takes as long from being stored to being recorded."""
BATCH: Final = 500


@dataclass(frozen=True, slots=True)
class FileSweep:
    """Looks through the whole store and all users: now and then, not on a timer.

    The store, or its folder, must belong to these users alone.
    """

    users: Avatars
    files: FileStore
    now: Now

    async def run(self) -> int:
        """Remove the files that are nobody's picture and return how many.

        Raise `StoreUnavailable`; it may be run again.
        """
        removed, batch = 0, list[str]()
        async for name in self.files.names(before=self.now() - OLD_ENOUGH):
            if is_file_name(name):
                batch.append(name)
            if len(batch) == BATCH:
                removed += await self._remove_nobodys(batch)
                batch = []
        return removed + await self._remove_nobodys(batch)

    async def _remove_nobodys(self, names: Sequence[str]) -> int:
        known = await self.users.avatars_among({key_of(name) for name in names})
        nobodys = [name for name in names if key_of(name) not in known]
        for name in nobodys:
            await self.files.delete(name)
        return len(nobodys)

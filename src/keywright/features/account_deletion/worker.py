"""Removes users whose grace period is over."""

from dataclasses import dataclass

from keywright.features.account_deletion.events import LapsedPurged
from keywright.features.account_deletion.service import AccountDeletion
from keywright.features.users.store import LapsedUsers
from keywright.shared.clock import Now
from keywright.shared.events import Publish

BATCH = 100


@dataclass(frozen=True, slots=True)
class LapsedPurge:
    """Removing a user twice does no harm, so several may run at once."""

    lapsed: LapsedUsers
    deletion: AccountDeletion
    publish: Publish
    now: Now

    async def run_once(self) -> bool:
        """Remove a batch and say whether there may be more."""
        users = await self.lapsed.lapsed(now=self.now(), most=BATCH)
        for user in users:
            await self.deletion.remove(user)
        if users:
            await self.publish(LapsedPurged(len(users)))
        return len(users) == BATCH

"""Removes users whose grace period is over."""

import logging
from dataclasses import dataclass

from keywright.features.account_deletion.events import LapsedPurged
from keywright.features.account_deletion.service import AccountDeletion
from keywright.features.users.store import LapsedUsers
from keywright.features.users.types import User
from keywright.shared.clock import Now
from keywright.shared.events import Publish

log = logging.getLogger(__name__)
BATCH = 100


@dataclass(frozen=True, slots=True)
class LapsedPurge:
    """Removing a user twice does no harm, so several may run at once."""

    lapsed: LapsedUsers
    deletion: AccountDeletion
    publish: Publish
    now: Now

    async def run_once(self) -> bool:
        """Remove a batch and say whether there may be more.

        A user who cannot be removed is logged, left for the next run, and keeps
        nobody else.
        """
        users = await self.lapsed.lapsed(now=self.now(), most=BATCH)
        removed = sum([await self._remove(user) for user in users])
        if removed:
            await self.publish(LapsedPurged(removed))
        return removed > 0 and len(users) == BATCH

    async def _remove(self, user: User) -> bool:
        try:
            return await self.deletion.remove(user)
        except Exception:
            log.exception("removal failed", extra={"user_id": str(user.id)})
            return False

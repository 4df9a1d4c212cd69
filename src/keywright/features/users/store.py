"""Where users are kept."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from keywright.features.outbox.types import Letter
from keywright.features.users.types import Status, User, UserChanges

OnProof = Callable[[User], Awaitable[None]]
"""Takes from a user what may be somebody else's, who never had the mailbox.

Called around the step that first proves the address: what is added meanwhile goes, too.
"""


class UserStore(Protocol):
    """Users; each method is one atomic step.

    A *letter* is recorded in the same step, if and only if the step succeeds.
    """

    async def add(self, user: User) -> None:
        """Add *user*, or raise `EmailTaken`, also when the same id is there already."""

    async def by_id(self, user_id: UUID) -> User | None:
        """Return the user, or None."""

    async def by_email(self, email: str) -> User | None:
        """Return the user with the canonical address *email*, or None."""

    async def replace_password(
        self,
        user_id: UUID,
        password_hash: str | None,
        *,
        epoch: int,
        now: datetime,
        letter: Letter | None,
        proves_address: bool = False,
    ) -> bool:
        """Set the password, or take it away, and raise the epoch.

        The address counts as proved from then on if this *proves_address*, else as
        before. False unless the epoch still is *epoch*.
        """

    async def rehash(self, user_id: UUID, *, old: str, new: str) -> bool:
        """Replace the hash *old* of the same password by *new*; the epoch stays.

        False if the hash is no longer *old*.
        """

    async def update(
        self, user_id: UUID, changes: UserChanges, *, now: datetime
    ) -> User | None:
        """Apply *changes* and return the user as it is now, or None."""

    async def set_status(
        self,
        user_id: UUID,
        status: Status,
        *,
        epoch: int,
        purge_after: datetime | None,
        now: datetime,
        letter: Letter | None,
    ) -> bool:
        """Set the status and raise the epoch; False unless it still is *epoch*."""

    async def remove(self, user_id: UUID) -> bool:
        """Remove the user and all rows that refer to it; False if there was none."""


class Avatars(Protocol):
    """Exchanges pictures such that each is replaced by exactly one successor."""

    async def exchange_avatar(
        self,
        user_id: UUID,
        changes: UserChanges,
        *,
        former: str | None,
        epoch: int,
        now: datetime,
    ) -> User | None:
        """Apply *changes*, of the avatar and perhaps more, and return the user then.

        None, changing nothing, unless *former* still is the avatar's key, or None for
        no avatar, and *epoch* the epoch. Who succeeds removes the former's files.
        """

    async def avatars_among(self, keys: Collection[str]) -> Collection[str]:
        """Return those of *keys* that some user's avatar has; all users are read."""


class LapsedUsers(Protocol):
    """Finds those whose grace period is over."""

    async def lapsed(self, *, now: datetime, most: int) -> Sequence[User]:
        """Return up to *most* deactivated users whose *purge_after* has passed."""


class EveryUser(Protocol):
    """Goes through all users."""

    async def following(self, last: UUID | None, *, most: int) -> Sequence[User]:
        """Return up to *most* users whose ids follow *last*, in the order of ids.

        None stands before the first.
        """

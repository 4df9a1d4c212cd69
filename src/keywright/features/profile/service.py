"""What users change of what is shown of them."""

from dataclasses import dataclass

from keywright.features.users.events import ProfileChanged
from keywright.features.users.store import UserStore
from keywright.features.users.types import User, UserChanges
from keywright.shared.clock import Now
from keywright.shared.errors import NotSignedIn
from keywright.shared.events import Publish


@dataclass(frozen=True, slots=True)
class Profile:
    """Changes names; nothing that decides about access."""

    users: UserStore
    publish: Publish
    now: Now

    async def change(self, user: User, name: str | None) -> User:
        """Return the user called *name*, or as before for None.

        Raise `NotSignedIn` if the account ended meanwhile.
        """
        if name is None:
            return user
        changes = UserChanges(name=name)
        changed = await self.users.update(user.id, changes, now=self.now())
        if changed is None:
            raise NotSignedIn
        await self.publish(ProfileChanged(user.id))
        return changed

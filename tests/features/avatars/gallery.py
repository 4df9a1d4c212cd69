"""The world with pictures."""

from keywright.features.avatars.service import UserPictures
from keywright.features.users.types import User
from keywright.shared.pictures import Pictures
from tests.features.world import World
from tests.files import Files

PICTURES = Pictures(threads=1)


class Gallery(World):
    """A service that keeps pictures; those of a removed user go along."""

    def __init__(self) -> None:
        super().__init__(on_removal=self._forget)
        self.files = Files()
        self.pictures = UserPictures(
            users=self.users,
            files=self.files,
            pictures=PICTURES,
            profile=self.profile,
            publish=self.publish,
            now=self.clock,
        )

    async def _forget(self, user: User) -> None:
        await self.pictures.forget(user)

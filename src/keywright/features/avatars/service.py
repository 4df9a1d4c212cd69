"""Pictures of users, alone or together with a new name."""

import logging
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Final, Protocol

from keywright.features.avatars.errors import PictureNotSupported
from keywright.features.avatars.policy import file_name, is_acceptable
from keywright.features.avatars.types import ProfileChange, Upload
from keywright.features.profile.service import Profile
from keywright.features.users.events import ProfileChanged
from keywright.features.users.policy import AVATAR_EDGES
from keywright.features.users.store import Avatars, UserStore
from keywright.features.users.types import UNCHANGED, Avatar, User, UserChanges
from keywright.senders.files import FileStore
from keywright.shared.clock import Now
from keywright.shared.errors import Busy, NotSignedIn, StoreUnavailable
from keywright.shared.events import Publish
from keywright.shared.picture_outline import NotAPicture
from keywright.shared.pictures import MEDIA_TYPE, Pictures
from keywright.shared.secrets import random_bytes

log = logging.getLogger(__name__)
KEY_BYTES: Final = 16
TRIES: Final = 5


class PicturedUsers(UserStore, Avatars, Protocol):
    """Users, and the exchange of their pictures."""


@dataclass(frozen=True, slots=True)
class UserPictures:
    """Changes pictures, and by *profile* names; nothing that decides about access.

    Files come first and go last: new ones are stored, then recorded, and only then are
    those removed that were recorded before. A crash between leaves files that nothing
    names, never a name without files.
    """

    users: PicturedUsers
    files: FileStore
    pictures: Pictures
    profile: Profile
    publish: Publish
    now: Now

    async def change(self, user: User, change: ProfileChange) -> User:
        """Return the user with what *change* names, all of it or nothing.

        Raise `PictureNotSupported`, `Busy`, `StoreUnavailable`, or `NotSignedIn` if
        the account ended meanwhile.
        """
        if change.picture is not None:
            return await self._with_picture(user, change.picture, change.name)
        return await self.profile.change(user, change.name)

    async def remove_avatar(self, user: User) -> User:
        """Return the user without a picture, whose files are gone.

        If they cannot be removed the picture is put back, and `StoreUnavailable`
        raised.
        """
        if user.avatar is None:
            return user
        changed, former = await self._exchange(user, UserChanges(avatar=None))
        if former is None:
            return changed
        try:
            await self._remove_files(former.key)
        except StoreUnavailable:
            await self.users.exchange_avatar(
                user.id,
                UserChanges(avatar=former),
                former=None,
                epoch=user.epoch,
                now=self.now(),
            )
            raise
        await self.publish(ProfileChanged(user.id))
        return changed

    async def forget(self, user: User) -> None:
        """Remove the files of *user*, whose account is closing for good.

        Raises `StoreUnavailable`, so that whoever removes the account tries again.
        """
        current = await self.users.by_id(user.id)
        if current is not None and current.avatar is not None:
            await self._remove_files(current.avatar.key)

    async def _with_picture(
        self, user: User, picture: Upload, name: str | None
    ) -> User:
        avatar = await self._stored(picture)
        changes = UserChanges(UNCHANGED if name is None else name, avatar=avatar)
        try:
            changed, former = await self._exchange(user, changes)
        except (NotSignedIn, Busy):
            # After any other error the picture may have been recorded.
            await self._tidy(avatar.key)
            raise
        if former is not None:
            await self._tidy(former.key)
        await self.publish(ProfileChanged(user.id))
        return changed

    async def _stored(self, picture: Upload) -> Avatar:
        accept = partial(is_acceptable, media_type=picture.media_type)
        try:
            squares = await self.pictures.squares(
                picture.content, AVATAR_EDGES, accept=accept
            )
        except NotAPicture:
            raise PictureNotSupported from None
        key, largest = random_bytes(KEY_BYTES).hex(), AVATAR_EDGES[-1]
        try:
            for edge, square in squares.items():
                name = file_name(key, edge)
                await self.files.put(name, square, media_type=MEDIA_TYPE)
        except StoreUnavailable:
            await self._tidy(key)
            raise
        url = self.files.url(file_name(key, largest))
        return Avatar(key, url, len(squares[largest]))

    async def _exchange(
        self, user: User, changes: UserChanges
    ) -> tuple[User, Avatar | None]:
        """Return the user after *changes*, and the picture they replaced."""
        current = user
        for _ in range(TRIES):
            former = current.avatar
            changed = await self.users.exchange_avatar(
                user.id,
                changes,
                former=former.key if former else None,
                epoch=user.epoch,
                now=self.now(),
            )
            if changed is not None:
                return changed, former
            found = await self.users.by_id(user.id)
            if found is None or found.epoch != user.epoch:
                raise NotSignedIn
            current = found
        raise Busy(retry_after=timedelta(seconds=1))

    async def _remove_files(self, key: str) -> None:
        for edge in AVATAR_EDGES:
            await self.files.delete(file_name(key, edge))

    async def _tidy(self, key: str) -> None:
        """Remove files that nothing names; if that fails they stay, and are logged."""
        try:
            await self._remove_files(key)
        except StoreUnavailable:
            log.warning("files_left_behind", extra={"key": key})

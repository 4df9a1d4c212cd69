"""Users in this process's memory: nothing survives it, so for tests only."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime
from uuid import UUID

from keywright.features.outbox.memory import Letters
from keywright.features.outbox.types import Letter
from keywright.features.users.errors import EmailTaken
from keywright.features.users.types import UNCHANGED, Status, User, UserChanges


class Users:
    """Users by id and by address."""

    def __init__(self, letters: Letters | None = None) -> None:
        self._letters = letters if letters is not None else Letters()
        self._users: dict[UUID, User] = {}
        self._ids: dict[str, UUID] = {}
        self._raised_at: dict[UUID, datetime] = {}

    async def add(self, user: User) -> None:
        if user.id in self._users or user.email in self._ids:
            raise EmailTaken
        self._users[user.id] = user
        self._ids[user.email] = user.id

    async def by_id(self, user_id: UUID) -> User | None:
        return self._users.get(user_id)

    async def by_email(self, email: str) -> User | None:
        user_id = self._ids.get(email)
        return None if user_id is None else self._users[user_id]

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
        user = self._at_epoch(user_id, epoch)
        if user is None:
            return False
        self._raised_at[user_id] = now
        self._users[user_id] = replace(
            user,
            password_hash=password_hash,
            is_email_verified=user.is_email_verified or proves_address,
            epoch=epoch + 1,
            updated_at=now,
        )
        self._letters.record(letter)
        return True

    async def rehash(self, user_id: UUID, *, old: str, new: str) -> bool:
        user = self._users.get(user_id)
        if user is None or user.password_hash != old:
            return False
        self._users[user_id] = replace(user, password_hash=new)
        return True

    async def update(
        self, user_id: UUID, changes: UserChanges, *, now: datetime
    ) -> User | None:
        user = self._users.get(user_id)
        if user is None:
            return None
        user = _changed(replace(user, updated_at=now), changes)
        self._users[user_id] = user
        return user

    async def exchange_avatar(
        self,
        user_id: UUID,
        changes: UserChanges,
        *,
        former: str | None,
        epoch: int,
        now: datetime,
    ) -> User | None:
        user = self._at_epoch(user_id, epoch)
        if user is None or (user.avatar and user.avatar.key) != former:
            return None
        return await self.update(user_id, changes, now=now)

    async def avatars_among(self, keys: Collection[str]) -> Collection[str]:
        found = {user.avatar.key for user in self._users.values() if user.avatar}
        return found & {*keys}

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
        user = self._at_epoch(user_id, epoch)
        if user is None:
            return False
        self._raised_at[user_id] = now
        self._users[user_id] = replace(
            user,
            status=status,
            purge_after=purge_after,
            epoch=epoch + 1,
            updated_at=now,
        )
        self._letters.record(letter)
        return True

    async def remove(self, user_id: UUID) -> bool:
        user = self._users.pop(user_id, None)
        if user is None:
            return False
        del self._ids[user.email]
        return True

    async def lapsed(self, *, now: datetime, most: int) -> Sequence[User]:
        lapsed = [
            user
            for user in self._users.values()
            if user.status is Status.DEACTIVATED
            and user.purge_after is not None
            and user.purge_after <= now
        ]
        return lapsed[:most]

    async def following(self, last: UUID | None, *, most: int) -> Sequence[User]:
        ids = sorted(one for one in self._users if last is None or one > last)
        return [self._users[one] for one in ids[:most]]

    async def raised_since(self, moment: datetime) -> Mapping[UUID, int]:
        return {
            user_id: self._users[user_id].epoch
            for user_id, at in self._raised_at.items()
            if at >= moment and user_id in self._users
        }

    def _at_epoch(self, user_id: UUID, epoch: int) -> User | None:
        user = self._users.get(user_id)
        return user if user is not None and user.epoch == epoch else None


def _changed(user: User, changes: UserChanges) -> User:
    given = {field.name: getattr(changes, field.name) for field in fields(changes)}
    new = {name: value for name, value in given.items() if value is not UNCHANGED}
    return replace(user, **new)

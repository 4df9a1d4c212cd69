"""Users in a SQL database."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from keywright.features.outbox.sql import change
from keywright.features.outbox.types import Letter
from keywright.features.users.errors import EmailTaken
from keywright.features.users.models import UserRow
from keywright.features.users.types import UNCHANGED, Avatar, Status, User, UserChanges
from keywright.shared.secrets import BEFORE_ALL, digest
from keywright.shared.sql import Database, Row, Transaction
from keywright.shared.tables import table_of

users = table_of(UserRow)
_c = users.c

_INSERT = insert(users)
_BY_ID = select(users).where(_c.id == bindparam("user"))
_BY_EMAIL = select(users).where(_c.email_digest == bindparam("email"))
_AT_EPOCH = update(users).where(
    _c.id == bindparam("user"), _c.epoch == bindparam("expected")
)
_RAISED = {
    "epoch": _c.epoch + 1,
    "epoch_raised_at": bindparam("now"),
    "updated_at": bindparam("now"),
}
_REPLACE_PASSWORD = _AT_EPOCH.values(password_hash=bindparam("new"), **_RAISED)
_PROVE_ADDRESS = _REPLACE_PASSWORD.values(is_email_verified=True)
_SET_STATUS = _AT_EPOCH.values(
    status=bindparam("new"), purge_after=bindparam("until"), **_RAISED
)
_REHASH = (
    update(users)
    .where(_c.id == bindparam("user"), _c.password_hash == bindparam("old"))
    .values(password_hash=bindparam("new"))
)
_RAISED_SINCE = select(_c.id, _c.epoch).where(_c.epoch_raised_at >= bindparam("moment"))
_AVATARS = select(_c.avatar_key).where(
    _c.avatar_key.in_(bindparam("keys", expanding=True))
)
_REMOVE = delete(users).where(_c.id == bindparam("user"))
_LAPSED = (
    select(users)
    .where(_c.status == Status.DEACTIVATED, _c.purge_after <= bindparam("now"))
    .order_by(_c.purge_after)
    .limit(bindparam("most"))
)
_FOLLOWING = (
    select(users)
    .where(_c.id > bindparam("last"))
    .order_by(_c.id)
    .limit(bindparam("most"))
)


class Users:
    """Users, found by id and by the digest of the address."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def add(self, user: User) -> None:
        try:
            await self._db.run(_INSERT, _values(user))
        except IntegrityError as error:
            raise EmailTaken from error

    async def by_id(self, user_id: UUID) -> User | None:
        row = await self._db.first(_BY_ID, {"user": user_id})
        return None if row is None else user_of(row)

    async def by_email(self, email: str) -> User | None:
        row = await self._db.first(_BY_EMAIL, {"email": digest(email.encode())})
        return None if row is None else user_of(row)

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
        values = {"user": user_id, "expected": epoch, "new": password_hash, "now": now}
        statement = _PROVE_ADDRESS if proves_address else _REPLACE_PASSWORD
        return await change(self._db, statement, values, letter=letter)

    async def rehash(self, user_id: UUID, *, old: str, new: str) -> bool:
        values = {"user": user_id, "old": old, "new": new}
        return await self._db.run(_REHASH, values) == 1

    async def update(
        self, user_id: UUID, changes: UserChanges, *, now: datetime
    ) -> User | None:
        values = {**_changed(changes), "updated_at": now}
        async with self._db.transaction() as tx:
            await tx.run(update(users).where(_c.id == user_id).values(values))
            row = await tx.first(_BY_ID, {"user": user_id})
        return None if row is None else user_of(row)

    async def exchange_avatar(
        self,
        user_id: UUID,
        changes: UserChanges,
        *,
        former: str | None,
        epoch: int,
        now: datetime,
    ) -> User | None:
        values = {**_changed(changes), "updated_at": now}
        kept = _c.avatar_key.is_(None) if former is None else _c.avatar_key == former
        exchange = _AT_EPOCH.where(kept).values(values)
        known = {"user": user_id, "expected": epoch}
        async with self._db.transaction() as tx:
            if not await tx.run(exchange, known):
                return None
            row = await tx.first(_BY_ID, {"user": user_id})
        return None if row is None else user_of(row)

    async def avatars_among(self, keys: Collection[str]) -> Collection[str]:
        rows = await self._db.all(_AVATARS, {"keys": [*keys]})
        return {row[_c.avatar_key] for row in rows}

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
        values = {
            "user": user_id,
            "expected": epoch,
            "new": status,
            "until": purge_after,
            "now": now,
        }
        return await change(self._db, _SET_STATUS, values, letter=letter)

    async def remove(self, user_id: UUID) -> bool:
        return await self._db.run(_REMOVE, {"user": user_id}) == 1

    async def lapsed(self, *, now: datetime, most: int) -> Sequence[User]:
        rows = await self._db.all(_LAPSED, {"now": now, "most": most})
        return [user_of(row) for row in rows]

    async def following(self, last: UUID | None, *, most: int) -> Sequence[User]:
        values = {"last": last or BEFORE_ALL, "most": most}
        return [user_of(row) for row in await self._db.all(_FOLLOWING, values)]

    async def raised_since(self, moment: datetime) -> Mapping[UUID, int]:
        rows = await self._db.all(_RAISED_SINCE, {"moment": moment})
        return {row[_c.id]: row[_c.epoch] for row in rows}


async def insert_user(tx: Transaction, user: User) -> None:
    """Add *user* inside of another step; IntegrityError as for `add`."""
    await tx.run(_INSERT, _values(user))


def user_of(row: Row) -> User:
    """Return the user in *row*, which may hold other tables' columns as well."""
    return User(
        id=row[_c.id],
        name=row[_c.name],
        email=row[_c.email],
        password_hash=row[_c.password_hash],
        role=row[_c.role],
        is_email_verified=row[_c.is_email_verified],
        created_at=row[_c.created_at],
        updated_at=row[_c.updated_at],
        status=Status(row[_c.status]),
        purge_after=row[_c.purge_after],
        avatar=_avatar(row),
        last_login_at=row[_c.last_login_at],
        epoch=row[_c.epoch],
        first_name=row[_c.first_name],
        last_name=row[_c.last_name],
    )


def _avatar(row: Row) -> Avatar | None:
    if row[_c.avatar_key] is None:
        return None
    return Avatar(row[_c.avatar_key], row[_c.avatar_url], row[_c.avatar_size])


def _values(user: User) -> Mapping[str, object]:
    return {
        "id": user.id,
        "name": user.name,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "email": user.email,
        "email_digest": digest(user.email.encode()),
        "password_hash": user.password_hash,
        "role": user.role,
        "is_email_verified": user.is_email_verified,
        "status": user.status,
        "epoch": user.epoch,
        **_avatar_values(user.avatar),
        "created_at": user.created_at,
        "updated_at": user.updated_at,
        "last_login_at": user.last_login_at,
        "purge_after": user.purge_after,
    }


def _avatar_values(avatar: Avatar | None) -> Mapping[str, object]:
    return {
        "avatar_key": avatar and avatar.key,
        "avatar_url": avatar and avatar.url,
        "avatar_size": avatar and avatar.size,
    }


def _changed(changes: UserChanges) -> Mapping[str, object]:
    plain = {
        "name": changes.name,
        "first_name": changes.first_name,
        "last_name": changes.last_name,
        "role": changes.role,
        "last_login_at": changes.last_login_at,
        "is_email_verified": changes.is_email_verified,
    }
    values = {name: value for name, value in plain.items() if value is not UNCHANGED}
    if changes.avatar is UNCHANGED:
        return values
    return {**values, **_avatar_values(changes.avatar)}

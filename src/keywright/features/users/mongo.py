"""Users in MongoDB."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from keywright.features.outbox.mongo import change
from keywright.features.outbox.types import Letter
from keywright.features.users.documents import USERS
from keywright.features.users.errors import EmailTaken
from keywright.features.users.types import UNCHANGED, Avatar, Status, User, UserChanges
from keywright.shared.mongo import Fields, MongoDatabase
from keywright.shared.secrets import BEFORE_ALL

CHANGEABLE = (
    "name",
    "role",
    "last_login_at",
    "is_email_verified",
    "first_name",
    "last_name",
)


class Users:
    """Users, found by id and by address; addresses are compared byte by byte."""

    def __init__(self, db: MongoDatabase) -> None:
        self._db = db
        self._users = db.collection(USERS)

    async def add(self, user: User) -> None:
        try:
            await self._db.run(self._users.insert_one(user_fields(user)))
        except DuplicateKeyError as error:
            raise EmailTaken from error

    async def by_id(self, user_id: UUID) -> User | None:
        return await self._first({"_id": user_id})

    async def by_email(self, email: str) -> User | None:
        return await self._first({"email": email})

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
        values: Fields = {"password_hash": password_hash, "updated_at": now}
        if proves_address:
            values["is_email_verified"] = True
        return await self._raise_epoch(user_id, epoch, values, letter)

    async def rehash(self, user_id: UUID, *, old: str, new: str) -> bool:
        result = await self._db.run(
            self._users.update_one(
                {"_id": user_id, "password_hash": old}, {"$set": {"password_hash": new}}
            )
        )
        return result.matched_count == 1

    async def update(
        self, user_id: UUID, changes: UserChanges, *, now: datetime
    ) -> User | None:
        found = await self._db.run(
            self._users.find_one_and_update(
                {"_id": user_id},
                {"$set": {**_changed(changes), "updated_at": now}},
                return_document=ReturnDocument.AFTER,
            )
        )
        return None if found is None else user_of(found)

    async def exchange_avatar(
        self,
        user_id: UUID,
        changes: UserChanges,
        *,
        former: str | None,
        epoch: int,
        now: datetime,
    ) -> User | None:
        kept = {"avatar": None} if former is None else {"avatar.key": former}
        found = await self._db.run(
            self._users.find_one_and_update(
                {"_id": user_id, "epoch": epoch, **kept},
                {"$set": {**_changed(changes), "updated_at": now}},
                return_document=ReturnDocument.AFTER,
            )
        )
        return None if found is None else user_of(found)

    async def avatars_among(self, keys: Collection[str]) -> Collection[str]:
        found = self._users.find(
            {"avatar.key": {"$in": [*keys]}}, projection=["avatar.key"]
        )
        rows = await self._db.run(found.to_list())
        return {str(row["avatar"]["key"]) for row in rows}

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
        values = {"status": status, "purge_after": purge_after, "updated_at": now}
        return await self._raise_epoch(user_id, epoch, values, letter)

    async def remove(self, user_id: UUID) -> bool:
        result = await self._db.run(self._users.delete_one({"_id": user_id}))
        return result.deleted_count == 1

    async def lapsed(self, *, now: datetime, most: int) -> Sequence[User]:
        found = self._users.find(
            {"status": Status.DEACTIVATED, "purge_after": {"$lte": now}}
        )
        ordered = found.sort("purge_after", 1).limit(most)
        return [user_of(one) for one in await self._db.run(ordered.to_list())]

    async def following(self, last: UUID | None, *, most: int) -> Sequence[User]:
        found = self._users.find({"_id": {"$gt": last or BEFORE_ALL}})
        ordered = found.sort("_id", 1).limit(most)
        return [user_of(one) for one in await self._db.run(ordered.to_list())]

    async def raised_since(self, moment: datetime) -> Mapping[UUID, int]:
        found = self._users.find({"epoch_raised_at": {"$gte": moment}}, {"epoch": 1})
        users = await self._db.run(found.to_list())
        return {one["_id"]: one["epoch"] for one in users}

    async def _first(self, condition: Mapping[str, object]) -> User | None:
        found = await self._db.run(self._users.find_one(condition))
        return None if found is None else user_of(found)

    async def _raise_epoch(
        self,
        user_id: UUID,
        epoch: int,
        values: Fields,
        letter: Letter | None,
    ) -> bool:
        values = {**values, "epoch_raised_at": values["updated_at"]}
        return await change(
            self._db,
            USERS,
            {"_id": user_id, "epoch": epoch},
            {"$set": values, "$inc": {"epoch": 1}},
            letter=letter,
        )


def user_of(found: Mapping[str, Any]) -> User:
    """Return the user in a document."""
    avatar = found["avatar"]
    return User(
        id=found["_id"],
        name=found["name"],
        email=found["email"],
        password_hash=found["password_hash"],
        role=found["role"],
        is_email_verified=found["is_email_verified"],
        created_at=found["created_at"],
        updated_at=found["updated_at"],
        status=Status(found["status"]),
        purge_after=found["purge_after"],
        avatar=Avatar(**avatar) if avatar else None,
        last_login_at=found["last_login_at"],
        epoch=found["epoch"],
        first_name=found["first_name"],
        last_name=found["last_name"],
    )


def user_fields(user: User) -> Fields:
    """Return the document of *user*."""
    return {
        "_id": user.id,
        "name": user.name,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "email": user.email,
        "password_hash": user.password_hash,
        "role": user.role,
        "is_email_verified": user.is_email_verified,
        "status": user.status,
        "purge_after": user.purge_after,
        "avatar": asdict(user.avatar) if user.avatar else None,
        "last_login_at": user.last_login_at,
        "epoch": user.epoch,
        "created_at": user.created_at,
        "updated_at": user.updated_at,
    }


def _changed(changes: UserChanges) -> Fields:
    values: Fields = {
        name: value
        for name in CHANGEABLE
        if (value := getattr(changes, name)) is not UNCHANGED
    }
    if changes.avatar is None:
        values["avatar"] = None
    elif isinstance(changes.avatar, Avatar):
        values["avatar"] = asdict(changes.avatar)
    return values

"""Identities in MongoDB."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import DuplicateKeyError

from keywright.features.identities.documents import IDENTITIES
from keywright.features.identities.errors import (
    IdentityTaken,
    LastFactor,
    ProviderLinked,
)
from keywright.features.identities.types import Identity, SealedTokens
from keywright.features.outbox.documents import LETTERS
from keywright.features.outbox.mongo import record
from keywright.features.outbox.types import Letter
from keywright.features.users.documents import USERS
from keywright.features.users.errors import EmailTaken
from keywright.features.users.mongo import user_fields
from keywright.features.users.types import Status, User
from keywright.shared.mongo import Fields, MongoDatabase
from keywright.shared.secrets import BEFORE_ALL, new_id

OLDEST_FIRST = [("linked_at", 1), ("_id", 1)]


class Identities:
    """Identities, found by issuer and subject, compared byte by byte."""

    def __init__(self, db: MongoDatabase) -> None:
        self._db = db
        self._identities = db.collection(IDENTITIES)
        self._users = db.collection(USERS)
        self._letters = db.collection(LETTERS)

    async def enrol(self, user: User, identity: Identity) -> None:
        async def both(session: AsyncClientSession | None) -> None:
            try:
                await self._users.insert_one(user_fields(user), session=session)
            except DuplicateKeyError as error:
                raise EmailTaken from error
            try:
                await self._identities.insert_one(_fields(identity), session=session)
            except DuplicateKeyError as error:
                if session is None:
                    await self._users.delete_one({"_id": user.id})
                raise IdentityTaken from error

        await self._db.together(both)

    async def link(
        self, identity: Identity, *, epoch: int, letter: Letter | None
    ) -> bool:
        async def all_of_it(session: AsyncClientSession | None) -> bool:
            link = self._link_alone if session is None else self._link_locked
            if not await link(identity, epoch, session):
                return False
            if letter is not None:
                await record(self._letters, letter, session=session)
            return True

        try:
            return await self._db.together(all_of_it)
        except DuplicateKeyError as error:
            if await self.by_subject(identity.issuer, identity.subject) is not None:
                raise IdentityTaken from error
            raise ProviderLinked from error

    async def by_subject(self, issuer: str, subject: str) -> Identity | None:
        there = {"issuer": issuer, "subject": subject}
        found = await self._db.run(self._linked(there, None))
        return _identity(found[0]) if found else None

    async def of_user(self, user_id: UUID) -> Sequence[Identity]:
        found = await self._db.run(self._linked({"user_id": user_id}, None))
        return [_identity(one) for one in found]

    async def keep(self, identity_id: UUID, tokens: SealedTokens | None) -> bool:
        fields = _sealed(tokens)
        if tokens is not None and tokens.refresh is None:
            del fields["refresh_token"]
        result = await self._db.run(
            self._identities.update_one({"_id": identity_id}, {"$set": fields})
        )
        return result.matched_count == 1

    async def following(self, last: UUID | None, *, most: int) -> Sequence[Identity]:
        found = self._identities.find(
            {"_id": {"$gt": last or BEFORE_ALL}, "access_token": {"$type": "string"}}
        )
        ordered = found.sort("_id", 1).limit(most)
        return [_identity(one) for one in await self._db.run(ordered.to_list())]

    async def reseal(
        self, identity_id: UUID, *, old: SealedTokens, new: SealedTokens
    ) -> bool:
        result = await self._db.run(
            self._identities.update_one(
                {"_id": identity_id, **_sealed(old)}, {"$set": _sealed(new)}
            )
        )
        return result.matched_count == 1

    async def unlink(
        self,
        identity_id: UUID,
        user_id: UUID,
        *,
        keep_one: bool,
        letter: Letter | None,
    ) -> bool:
        async def all_of_it(session: AsyncClientSession | None) -> bool:
            while True:
                turn = new_id()
                turns = await self._take_turn(user_id, turn, session)
                if identity_id not in turns:
                    return False
                if keep_one and len(turns) == 1:
                    raise LastFactor
                if {*turns.values()} != {turn}:
                    continue
                deleted = await self._identities.delete_one(
                    {"_id": identity_id, "turn": turn}, session=session
                )
                if deleted.deleted_count:
                    break
            if letter is not None:
                await record(self._letters, letter, session=session)
            return True

        return await self._db.together(all_of_it)

    async def forget(self, user_id: UUID) -> int:
        result = await self._db.run(self._identities.delete_many({"user_id": user_id}))
        return result.deleted_count

    async def _take_turn(
        self, user_id: UUID, turn: UUID, session: AsyncClientSession | None
    ) -> Mapping[UUID, UUID | None]:
        """Mark the user's identities with *turn*, and return whose turn each then is.

        In transactions, two that mark the same conflict; one runs again. Without them
        whoever unlinks must see its own turn on all, and still on the one it deletes:
        of two for whom that holds, each would have marked after the other had looked.
        """
        condition = {"user_id": user_id}
        change = {"$set": {"turn": turn}}
        await self._identities.update_many(condition, change, session=session)
        found = await self._linked(condition, session)
        return {one["_id"]: one.get("turn") for one in found}

    async def _link_locked(
        self, identity: Identity, epoch: int, session: AsyncClientSession | None
    ) -> bool:
        # Marking the user makes whatever raises the epoch conflict with this.
        locked = await self._users.update_one(
            _active(identity.user_id, epoch),
            {"$set": {"turn": identity.id}},
            session=session,
        )
        if locked.matched_count == 0:
            return False
        await self._identities.insert_one(_fields(identity), session=session)
        return True

    async def _link_alone(
        self, identity: Identity, epoch: int, session: AsyncClientSession | None
    ) -> bool:
        """Add *identity* without a transaction.

        While it is pending it counts as long as the user has the epoch at which it was
        added; whoever finds it later than that removes it, as this does. So a change
        of the user came before it, or found it there.
        """
        pending = {"_id": identity.id, "pending_at": epoch}
        await self._identities.insert_one(
            {**_fields(identity), **pending}, session=session
        )
        owner = _active(identity.user_id, epoch)
        if await self._users.find_one(owner, session=session) is None:
            await self._identities.delete_one(pending, session=session)
            return False
        settled = await self._identities.update_one(
            pending, {"$unset": {"pending_at": ""}}, session=session
        )
        return settled.matched_count == 1

    async def _linked(
        self, condition: Fields, session: AsyncClientSession | None
    ) -> Sequence[Fields]:
        """Return what is linked, and remove what `_link_alone` left behind."""
        while True:
            cursor = self._identities.find(condition, session=session)
            found = await cursor.sort(OLDEST_FIRST).to_list()
            left = [one for one in found if not await self._counts(one, session)]
            if not left:
                return found
            for one in left:
                pending = {"_id": one["_id"], "pending_at": one["pending_at"]}
                await self._identities.delete_one(pending, session=session)

    async def _counts(
        self, found: Mapping[str, Any], session: AsyncClientSession | None
    ) -> bool:
        if "pending_at" not in found:
            return True
        owner = _active(found["user_id"], found["pending_at"])
        return await self._users.find_one(owner, session=session) is not None


def _active(user_id: UUID, epoch: int) -> Fields:
    return {"_id": user_id, "epoch": epoch, "status": Status.ACTIVE}


def _fields(identity: Identity) -> Fields:
    return {
        "_id": identity.id,
        "user_id": identity.user_id,
        "provider": identity.provider,
        "issuer": identity.issuer,
        "subject": identity.subject,
        "email": identity.email,
        "linked_at": identity.linked_at,
        **_sealed(identity.tokens),
    }


def _sealed(tokens: SealedTokens | None) -> Fields:
    return {
        "access_token": tokens and tokens.access,
        "refresh_token": tokens and tokens.refresh,
    }


def _identity(found: Mapping[str, Any]) -> Identity:
    access = found["access_token"]
    return Identity(
        id=found["_id"],
        user_id=found["user_id"],
        provider=found["provider"],
        issuer=found["issuer"],
        subject=found["subject"],
        email=found["email"],
        linked_at=found["linked_at"],
        tokens=access and SealedTokens(access, found["refresh_token"]),
    )

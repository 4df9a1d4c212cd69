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
from keywright.features.users.types import User
from keywright.shared.mongo import Fields, MongoDatabase
from keywright.shared.secrets import new_id

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

    async def link(self, identity: Identity, *, letter: Letter | None) -> None:
        async def both(session: AsyncClientSession | None) -> None:
            await self._identities.insert_one(_fields(identity), session=session)
            if letter is not None:
                await record(self._letters, letter, session=session)

        try:
            await self._db.together(both)
        except DuplicateKeyError as error:
            if await self.by_subject(identity.issuer, identity.subject) is not None:
                raise IdentityTaken from error
            raise ProviderLinked from error

    async def by_subject(self, issuer: str, subject: str) -> Identity | None:
        found = await self._db.run(
            self._identities.find_one({"issuer": issuer, "subject": subject})
        )
        return None if found is None else _identity(found)

    async def of_user(self, user_id: UUID) -> Sequence[Identity]:
        found = self._identities.find({"user_id": user_id}).sort(OLDEST_FIRST)
        return [_identity(one) for one in await self._db.run(found.to_list())]

    async def keep(self, identity_id: UUID, tokens: SealedTokens | None) -> bool:
        fields = _sealed(tokens)
        if tokens is not None and tokens.refresh is None:
            del fields["refresh_token"]
        result = await self._db.run(
            self._identities.update_one({"_id": identity_id}, {"$set": fields})
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
        found = self._identities.find(condition, {"turn": 1}, session=session)
        return {one["_id"]: one.get("turn") for one in await found.to_list()}


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

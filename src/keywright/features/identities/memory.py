"""Identities in this process's memory: nothing survives it, so for tests only."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from keywright.features.identities.errors import (
    IdentityTaken,
    LastFactor,
    ProviderLinked,
)
from keywright.features.identities.types import Identity, SealedTokens
from keywright.features.outbox.memory import Letters
from keywright.features.outbox.types import Letter
from keywright.features.users.memory import Users
from keywright.features.users.policy import may_sign_in
from keywright.features.users.types import User


class Identities:
    """Identities by issuer and subject."""

    def __init__(self, users: Users, letters: Letters) -> None:
        self._users = users
        self._letters = letters
        self._identities: dict[tuple[str, str], Identity] = {}

    async def enrol(self, user: User, identity: Identity) -> None:
        # Adding a user in memory gives nobody else a turn.
        await self._users.add(user)
        if (identity.issuer, identity.subject) in self._identities:
            await self._users.remove(user.id)
            raise IdentityTaken
        self._identities[identity.issuer, identity.subject] = identity

    async def link(
        self, identity: Identity, *, epoch: int, letter: Letter | None
    ) -> bool:
        # Looking for a user in memory gives nobody else a turn.
        owner = await self._users.by_id(identity.user_id)
        if owner is None or owner.epoch != epoch or not may_sign_in(owner):
            return False
        if (identity.issuer, identity.subject) in self._identities:
            raise IdentityTaken
        linked = {one.provider for one in self._of(identity.user_id)}
        if identity.provider in linked:
            raise ProviderLinked
        self._identities[identity.issuer, identity.subject] = identity
        self._letters.record(letter)
        return True

    async def by_subject(self, issuer: str, subject: str) -> Identity | None:
        return self._identities.get((issuer, subject))

    async def of_user(self, user_id: UUID) -> Sequence[Identity]:
        return self._of(user_id)

    async def keep(self, identity_id: UUID, tokens: SealedTokens | None) -> bool:
        linked = self._identities.values()
        found = next((one for one in linked if one.id == identity_id), None)
        if found is None:
            return False
        if tokens and found.tokens and tokens.refresh is None:
            tokens = replace(tokens, refresh=found.tokens.refresh)
        kept = replace(found, tokens=tokens)
        self._identities[found.issuer, found.subject] = kept
        return True

    async def following(self, last: UUID | None, *, most: int) -> Sequence[Identity]:
        kept = [one for one in self._identities.values() if one.tokens is not None]
        found = [one for one in kept if last is None or one.id > last]
        return sorted(found, key=lambda one: one.id)[:most]

    async def reseal(
        self, identity_id: UUID, *, old: SealedTokens, new: SealedTokens
    ) -> bool:
        linked = self._identities.values()
        found = next((one for one in linked if one.id == identity_id), None)
        if found is None or found.tokens != old:
            return False
        changed = replace(found, tokens=new)
        self._identities[found.issuer, found.subject] = changed
        return True

    async def unlink(
        self,
        identity_id: UUID,
        user_id: UUID,
        *,
        keep_one: bool,
        letter: Letter | None,
    ) -> bool:
        linked = self._of(user_id)
        found = next((one for one in linked if one.id == identity_id), None)
        if found is None:
            return False
        if keep_one and len(linked) == 1:
            raise LastFactor
        del self._identities[found.issuer, found.subject]
        self._letters.record(letter)
        return True

    async def forget(self, user_id: UUID) -> int:
        linked = self._of(user_id)
        for one in linked:
            del self._identities[one.issuer, one.subject]
        return len(linked)

    def _of(self, user_id: UUID) -> list[Identity]:
        linked = [one for one in self._identities.values() if one.user_id == user_id]
        return sorted(linked, key=lambda one: (one.linked_at, one.id))

"""Values that a former master secret sealed, sealed anew under the newest.

Each is exchanged by one compare-and-set, so this may run beside the service, be
interrupted, and run again.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from enum import Enum, auto
from functools import partial
from typing import Final, TypeVar
from uuid import UUID

from keywright.blueprints.foundation.provider_stores import ProviderStores
from keywright.blueprints.foundation.types import Auth
from keywright.features.identities.service import Identities
from keywright.features.keys.service import SigningKeys
from keywright.features.outbox.service import LetterWriter
from keywright.shared.vault import SealBroken

BATCH: Final = 500
T = TypeVar("T")


class Outcome(Enum):
    """What became of a value: *LEFT* still needs a former secret.

    *UNREADABLE* is what none of the secrets opens.
    """

    NEWEST = auto()
    RESEALED = auto()
    LEFT = auto()
    UNREADABLE = auto()


@dataclass(frozen=True, slots=True)
class Tally:
    """How many values of a kind were looked at, and what became of them."""

    kind: str
    seen: int = 0
    resealed: int = 0
    left: int = 0
    unreadable: int = 0

    def with_outcomes(self, outcomes: list[Outcome]) -> "Tally":
        """Return the tally of these and *outcomes*."""
        return replace(
            self,
            seen=self.seen + len(outcomes),
            resealed=self.resealed + outcomes.count(Outcome.RESEALED),
            left=self.left + outcomes.count(Outcome.LEFT),
            unreadable=self.unreadable + outcomes.count(Outcome.UNREADABLE),
        )


Batches = AsyncIterator[list[Outcome]]


async def reseal(auth: Auth, *, tell: Callable[[Tally], None]) -> list[Tally]:
    """Seal everything anew and return a tally of each kind; *tell* hears of batches.

    Letters are only looked at: they leave or expire by themselves.
    """
    kinds: dict[str, Batches] = {
        "signing keys": _signing_keys(auth),
        "passwords": _passwords(auth),
        "provider tokens": _provider_tokens(auth),
        "waiting letters": _letters(auth),
    }
    tallies = []
    for kind, batches in kinds.items():
        tally = Tally(kind)
        async for outcomes in batches:
            tally = tally.with_outcomes(outcomes)
            tell(tally)
        tallies.append(tally)
    return tallies


async def _signing_keys(auth: Auth) -> Batches:
    keys, store = auth.services.find(SigningKeys), auth.stores.keys
    if keys is None or store is None:
        return
    for key in await store.all():
        keep = partial(store.replace_private, key.kid, old=key.private)
        yield [await _exchanged(partial(keys.resealed, key), keep)]


async def _passwords(auth: Auth) -> Batches:
    last: UUID | None = None
    while users := await auth.stores.users.following(last, most=BATCH):
        last = users[-1].id
        yield [
            await _password(auth, user.id, user.password_hash)
            for user in users
            if user.password_hash is not None
        ]


async def _password(auth: Auth, user_id: UUID, sealed: str) -> Outcome:
    return await _exchanged(
        partial(auth.passwords.resealed, sealed, user_id=user_id),
        partial(auth.stores.users.rehash, user_id, old=sealed),
    )


async def _provider_tokens(auth: Auth) -> Batches:
    identities = auth.services.find(Identities)
    if identities is None:
        return
    store = auth.stores.part(ProviderStores).identities
    last: UUID | None = None
    while page := await store.following(last, most=BATCH):
        last = page[-1].id
        yield [
            await _exchanged(
                partial(identities.resealed, identity),
                partial(store.reseal, identity.id, old=identity.tokens),
            )
            for identity in page
            if identity.tokens is not None
        ]


async def _letters(auth: Auth) -> Batches:
    letters = auth.services.get(LetterWriter)
    last: UUID | None = None
    while page := await auth.stores.outbox.waiting(last, most=BATCH):
        last = page[-1].id
        yield [
            Outcome.NEWEST if letters.is_newest(letter) else Outcome.LEFT
            for letter in page
        ]


async def _exchanged(
    resealed: Callable[[], T | None], keep: Callable[..., Awaitable[bool]]
) -> Outcome:
    try:
        new = resealed()
    except SealBroken:
        return Outcome.UNREADABLE
    if new is None:
        return Outcome.NEWEST
    return Outcome.RESEALED if await keep(new=new) else Outcome.LEFT

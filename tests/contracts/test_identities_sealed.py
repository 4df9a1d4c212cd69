"""Tokens sealed anew: in the contract of every store of identities."""

from dataclasses import replace
from uuid import UUID

import pytest

from keywright.features.identities.types import SealedTokens
from tests.contracts.races import race, winners
from tests.contracts.stores import Stores
from tests.contracts.test_identities import added, linked
from tests.features.identities.builders import identity

STORE = "identities"


async def test_kept_tokens_come_page_by_page_in_the_order_of_ids(
    stores: Stores,
) -> None:
    ids = [UUID(int=number << 120 | number) for number in (1, 0x7F, 0x80, 0xFF)]
    kept = SealedTokens("a", "r")
    rows = [
        identity(id=one, user_id=(await added(stores)).id, tokens=kept) for one in ids
    ]
    without = identity(user_id=(await added(stores)).id)
    for row in [without, *reversed(rows)]:
        await linked(stores, row)

    assert list(await stores.identities.following(None, most=3)) == rows[:3]
    assert list(await stores.identities.following(ids[2], most=3)) == rows[3:]
    assert not await stores.identities.following(ids[3], most=3)


@pytest.mark.parametrize("refresh", [None, "r" * 5000])
async def test_tokens_are_sealed_anew_once(stores: Stores, refresh: str | None) -> None:
    old, new = SealedTokens("a", refresh), SealedTokens("b", refresh and "s")
    owner = await added(stores)
    one = await linked(stores, identity(user_id=owner.id, tokens=old))

    assert await stores.identities.reseal(one.id, old=old, new=new)
    assert not await stores.identities.reseal(one.id, old=old, new=old)

    assert list(await stores.identities.of_user(owner.id)) == [replace(one, tokens=new)]


@pytest.mark.parametrize(
    "meanwhile",
    [SealedTokens("b", "r"), SealedTokens("a", "s"), SealedTokens("b"), None],
)
async def test_tokens_that_changed_meanwhile_are_not_sealed_anew(
    stores: Stores, meanwhile: SealedTokens | None
) -> None:
    old = SealedTokens("a", "r")
    owner = await added(stores)
    one = await linked(stores, identity(user_id=owner.id, tokens=old))
    await stores.identities.keep(one.id, meanwhile)
    [changed] = await stores.identities.of_user(owner.id)

    new = SealedTokens("x", "y")
    assert not await stores.identities.reseal(one.id, old=old, new=new)
    assert list(await stores.identities.of_user(owner.id)) == [changed]


async def test_of_many_that_seal_tokens_anew_one_wins(stores: Stores) -> None:
    old = SealedTokens("a")
    owner = await added(stores)
    one = await linked(stores, identity(user_id=owner.id, tokens=old))

    async def reseal(number: int) -> bool:
        new = SealedTokens(f"b{number}")
        return await stores.identities.reseal(one.id, old=old, new=new)

    [winner] = winners(await race(reseal))

    [found] = await stores.identities.of_user(owner.id)
    assert found.tokens == SealedTokens(f"b{winner}")

"""Redirects to providers: the contract of every store of them."""

from dataclasses import replace

import pytest

from keywright.features.oauth.store import TransactionStore
from keywright.features.oauth.types import Transaction
from tests.contracts.races import race, winners
from tests.contracts.stores import Stores
from tests.features.oauth.builders import transaction
from tests.instants import MILLISECOND, NOW, SECOND

STORE = "transactions"


@pytest.fixture
def transactions(stores: Stores) -> TransactionStore:
    return stores.transactions


async def added(transactions: TransactionStore, one: Transaction) -> Transaction:
    """Add *one*, and return it."""
    assert await transactions.add(one)
    return one


async def test_what_is_taken_is_what_was_added(transactions: TransactionStore) -> None:
    one = await added(transactions, transaction(data="v1." + "d" * 4000))

    assert await transactions.take(one.digest, now=NOW) == one


@pytest.mark.attack("C1")
async def test_it_is_taken_once(transactions: TransactionStore) -> None:
    one = await added(transactions, transaction())
    await transactions.take(one.digest, now=NOW)

    assert await transactions.take(one.digest, now=NOW) is None


@pytest.mark.attack("C1")
async def test_of_many_that_take_it_one_gets_it(transactions: TransactionStore) -> None:
    one = await added(transactions, transaction())
    other = await added(transactions, transaction())

    async def take(_: int) -> Transaction | None:
        return await transactions.take(one.digest, now=NOW)

    taken = await race(take)

    assert len(winners(taken)) == 1
    assert await transactions.take(other.digest, now=NOW) == other


@pytest.mark.attack("C1")
async def test_an_expired_one_is_not_taken(transactions: TransactionStore) -> None:
    one = await added(transactions, transaction(expires_at=NOW + SECOND))

    assert await transactions.take(one.digest, now=NOW + SECOND) is None
    assert await transactions.take(one.digest, now=NOW + SECOND - MILLISECOND) == one


async def test_an_unknown_one_is_not_taken(transactions: TransactionStore) -> None:
    await added(transactions, transaction())

    assert await transactions.take(transaction().digest, now=NOW) is None


async def test_a_digest_is_added_once(transactions: TransactionStore) -> None:
    one = await added(transactions, transaction())

    assert not await transactions.add(replace(one, provider="another"))
    assert await transactions.take(one.digest, now=NOW) == one


@pytest.mark.attack("C5")
async def test_of_many_that_add_a_digest_one_wins(
    transactions: TransactionStore,
) -> None:
    one = transaction()

    async def add(number: int) -> bool:
        return await transactions.add(replace(one, provider=f"p{number}"))

    [winner] = winners(await race(add))

    taken = await transactions.take(one.digest, now=NOW)
    assert taken is not None
    assert taken.provider == f"p{winner}"


async def test_expired_ones_are_removed(transactions: TransactionStore) -> None:
    await added(transactions, transaction(expires_at=NOW))
    stays = await added(transactions, transaction(expires_at=NOW + SECOND))

    assert await transactions.purge(before=NOW + SECOND) == 1
    assert await transactions.take(stays.digest, now=NOW) == stays

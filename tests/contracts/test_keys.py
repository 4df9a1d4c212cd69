"""Signing keys: the contract of every store of them."""

from dataclasses import replace

import pytest

from keywright.features.keys.store import KeyStore
from keywright.features.keys.types import StoredKey
from tests.contracts.races import race, winners
from tests.contracts.stores import Stores
from tests.features.keys.builders import stored_key
from tests.instants import DAY, HOUR, MILLISECOND, NOW

STORE = "keys"


@pytest.fixture
def keys(stores: Stores) -> KeyStore:
    return stores.keys


async def added(keys: KeyStore, row: StoredKey) -> StoredKey:
    """Add *row*, and return it."""
    assert await keys.add(row)
    return row


async def test_at_first_there_are_none(keys: KeyStore) -> None:
    assert not await keys.all()


async def test_keys_come_in_the_order_of_their_numbers(keys: KeyStore) -> None:
    rows = {number: stored_key(number=number) for number in (10, 2, 1, 3)}
    for row in rows.values():
        await added(keys, row)

    assert list(await keys.all()) == [rows[number] for number in (1, 2, 3, 10)]


async def test_every_member_is_kept(keys: KeyStore) -> None:
    row = await added(
        keys,
        stored_key(
            number=7,
            kid="Aa-_" * 11,
            algorithm="RS256",
            private="v1." + "p" * 8000,
            created_at=NOW + MILLISECOND,
            active_at=NOW + 2 * MILLISECOND,
            gone_at=NOW + 3 * MILLISECOND,
            revoked_at=NOW + 4 * MILLISECOND,
        ),
    )

    assert list(await keys.all()) == [row]


async def test_a_number_is_given_once(keys: KeyStore) -> None:
    row = await added(keys, stored_key(number=1, kid="first"))

    assert not await keys.add(stored_key(number=1, kid="second"))
    assert list(await keys.all()) == [row]


async def test_a_kid_is_given_once(keys: KeyStore) -> None:
    row = await added(keys, stored_key(number=1, kid="same"))

    assert not await keys.add(stored_key(number=2, kid="same"))
    assert list(await keys.all()) == [row]


async def test_of_many_that_make_the_next_key_one_wins(keys: KeyStore) -> None:
    rows = [stored_key(number=1, kid=f"kid-{number}") for number in range(64)]

    [winner] = winners(await race(lambda number: keys.add(rows[number])))

    assert list(await keys.all()) == [rows[winner]]


async def test_a_key_retires_once(keys: KeyStore) -> None:
    row = await added(keys, stored_key(number=1))
    other = await added(keys, stored_key(number=2))

    assert await keys.retire(row.kid, gone_at=NOW + DAY)
    assert not await keys.retire(row.kid, gone_at=NOW + HOUR)
    assert list(await keys.all()) == [replace(row, gone_at=NOW + DAY), other]


async def test_a_key_is_revoked_once(keys: KeyStore) -> None:
    row = await added(keys, stored_key(number=1))
    other = await added(keys, stored_key(number=2))

    assert await keys.revoke(row.kid, now=NOW)
    assert not await keys.revoke(row.kid, now=NOW + HOUR)
    assert list(await keys.all()) == [replace(row, revoked_at=NOW), other]


async def test_a_retired_key_can_be_revoked(keys: KeyStore) -> None:
    row = await added(keys, stored_key(gone_at=NOW + DAY))

    assert await keys.revoke(row.kid, now=NOW)
    assert list(await keys.all()) == [replace(row, revoked_at=NOW)]


async def test_an_unknown_key_is_neither_retired_nor_revoked(keys: KeyStore) -> None:
    await added(keys, stored_key(kid="known"))

    for kid in ("unknown", "KNOWN", "known "):
        assert not await keys.retire(kid, gone_at=NOW)
        assert not await keys.revoke(kid, now=NOW)
        assert not await keys.replace_private(kid, old="v1", new="v2")


async def test_a_private_part_is_sealed_anew(keys: KeyStore) -> None:
    row = await added(keys, stored_key(number=1, private="old"))
    other = await added(keys, stored_key(number=2, private="old"))

    assert await keys.replace_private(row.kid, old="old", new="new")
    assert list(await keys.all()) == [replace(row, private="new"), other]


@pytest.mark.parametrize("current", ["another", "OLD", "old "])
async def test_a_private_part_that_changed_meanwhile_stays(
    keys: KeyStore, current: str
) -> None:
    row = await added(keys, stored_key(private=current))

    assert not await keys.replace_private(row.kid, old="old", new="new")
    assert list(await keys.all()) == [row]


async def test_of_many_that_seal_anew_one_wins(keys: KeyStore) -> None:
    row = await added(keys, stored_key(private="old"))

    async def seal(number: int) -> bool:
        return await keys.replace_private(row.kid, old="old", new=f"new {number}")

    [winner] = winners(await race(seal))

    assert list(await keys.all()) == [replace(row, private=f"new {winner}")]


async def test_keys_that_are_gone_are_removed(keys: KeyStore) -> None:
    await added(keys, stored_key(number=1, gone_at=NOW))
    stays = await added(keys, stored_key(number=2, gone_at=NOW + MILLISECOND))
    active = await added(keys, stored_key(number=3))

    assert await keys.purge(before=NOW + MILLISECOND) == 1
    assert list(await keys.all()) == [stays, active]

"""Exchanging pictures: each has exactly one successor, on every store of users."""

from dataclasses import replace

import pytest

from keywright.features.users.types import Status, User, UserChanges
from keywright.shared.secrets import new_id
from tests.contracts.races import race
from tests.contracts.stores import Stores, Users
from tests.features.users.builders import avatar, user
from tests.instants import MINUTE, NOW

STORE = "users"
NEEDS = "avatars"
LATER = NOW + MINUTE
OLD, NEW = avatar(key="0a"), avatar(key="0b", size=7)


@pytest.fixture
def users(stores: Stores) -> Users:
    return stores.users


async def added(users: Users, row: User) -> User:
    """Add *row*, and return it."""
    await users.add(row)
    return row


async def test_a_first_picture_takes_the_place_of_none(users: Users) -> None:
    row = await added(users, user(epoch=4))

    changed = await users.exchange_avatar(
        row.id, UserChanges(avatar=NEW), former=None, epoch=4, now=LATER
    )

    assert changed == replace(row, avatar=NEW, updated_at=LATER)
    assert await users.by_id(row.id) == changed


async def test_a_picture_is_exchanged_together_with_a_name(users: Users) -> None:
    row = await added(users, user(avatar=OLD))
    changes = UserChanges(name="Grace", avatar=NEW)

    changed = await users.exchange_avatar(
        row.id, changes, former=OLD.key, epoch=0, now=LATER
    )

    assert changed == replace(row, name="Grace", avatar=NEW, updated_at=LATER)
    assert await users.by_id(row.id) == changed


async def test_a_picture_is_exchanged_for_none(users: Users) -> None:
    row = await added(users, user(avatar=OLD))

    changed = await users.exchange_avatar(
        row.id, UserChanges(avatar=None), former=OLD.key, epoch=0, now=LATER
    )

    assert changed == replace(row, avatar=None, updated_at=LATER)
    assert await users.by_id(row.id) == changed


@pytest.mark.parametrize("former", ["0c", "0", "0A", "0a ", "", None])
async def test_another_picture_than_the_one_that_is_there_changes_nothing(
    users: Users, former: str | None
) -> None:
    row = await added(users, user(avatar=OLD))
    changes = UserChanges(name="Grace", avatar=NEW)

    assert not await users.exchange_avatar(
        row.id, changes, former=former, epoch=0, now=LATER
    )
    assert await users.by_id(row.id) == row


async def test_without_a_picture_none_can_be_exchanged(users: Users) -> None:
    row = await added(users, user())

    assert not await users.exchange_avatar(
        row.id, UserChanges(avatar=NEW), former=OLD.key, epoch=0, now=LATER
    )
    assert await users.by_id(row.id) == row


@pytest.mark.parametrize("epoch", [3, 5])
async def test_a_picture_of_another_epoch_changes_nothing(
    users: Users, epoch: int
) -> None:
    row = await added(users, user(avatar=OLD, epoch=4))

    assert not await users.exchange_avatar(
        row.id, UserChanges(avatar=NEW), former=OLD.key, epoch=epoch, now=LATER
    )
    assert await users.by_id(row.id) == row


async def test_a_closed_account_gets_no_picture_any_more(users: Users) -> None:
    row = await added(users, user())
    await users.set_status(
        row.id, Status.DEACTIVATED, epoch=0, purge_after=NOW, now=NOW, letter=None
    )

    assert not await users.exchange_avatar(
        row.id, UserChanges(avatar=NEW), former=None, epoch=0, now=LATER
    )


async def test_nobody_has_no_picture(users: Users) -> None:
    assert not await users.exchange_avatar(
        new_id(), UserChanges(avatar=NEW), former=None, epoch=0, now=LATER
    )


@pytest.mark.parametrize("former", [None, OLD])
async def test_of_concurrent_exchanges_exactly_one_wins(
    users: Users, former: object
) -> None:
    row = await added(users, user(avatar=OLD if former else None))
    key = OLD.key if former else None

    async def exchange(number: int) -> User | None:
        changes = UserChanges(avatar=avatar(key=f"{number:02x}f"))
        return await users.exchange_avatar(
            row.id, changes, former=key, epoch=0, now=LATER
        )

    (winner,) = [one for one in await race(exchange) if one is not None]

    assert await users.by_id(row.id) == winner


async def test_of_many_keys_those_are_found_that_somebody_has(users: Users) -> None:
    one, other = avatar(key=new_id().hex), avatar(key=new_id().hex)
    await added(users, user(avatar=one))
    await added(users, user(avatar=other))
    await added(users, user())
    strange = [new_id().hex, one.key.upper(), one.key[:-1], ""]

    assert {*await users.avatars_among([one.key, *strange])} == {one.key}
    assert {*await users.avatars_among({one.key, other.key})} == {one.key, other.key}
    assert not await users.avatars_among([])

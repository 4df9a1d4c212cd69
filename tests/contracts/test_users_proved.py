"""Users: the first proof of an address, in the contract of every store of them."""

from dataclasses import replace

import pytest

from tests.contracts.stores import Stores
from tests.contracts.test_users import LATER, added
from tests.features.outbox.builders import letter
from tests.features.users.builders import user

STORE = "users"


@pytest.mark.parametrize("kept", [None, "new hash"])
async def test_a_password_and_the_proof_of_the_address_are_one_step(
    stores: Stores, kept: str | None
) -> None:
    row = await added(stores.users, user(epoch=4, is_email_verified=False))
    note = letter()

    assert await stores.users.replace_password(
        row.id, kept, epoch=4, now=LATER, letter=note, proves_address=True
    )

    after = replace(
        row, password_hash=kept, epoch=5, updated_at=LATER, is_email_verified=True
    )
    assert await stores.users.by_id(row.id) == after
    assert await stores.letter(note.id) == note


@pytest.mark.parametrize("is_proved", [True, False])
async def test_a_password_alone_says_nothing_about_the_address(
    stores: Stores, is_proved: bool
) -> None:
    row = await added(stores.users, user(is_email_verified=is_proved))

    await stores.users.replace_password(row.id, "new", epoch=0, now=LATER, letter=None)

    found = await stores.users.by_id(row.id)
    assert found is not None
    assert found.is_email_verified is is_proved


async def test_an_address_is_not_proved_at_another_epoch(stores: Stores) -> None:
    row = await added(stores.users, user(epoch=4, is_email_verified=False))

    assert not await stores.users.replace_password(
        row.id, "new", epoch=3, now=LATER, letter=None, proves_address=True
    )
    assert await stores.users.by_id(row.id) == row

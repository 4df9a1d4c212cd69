"""Addresses and names at the edge are the same to every store."""

import pytest

from keywright.features.users.errors import EmailTaken
from keywright.shared.secrets import new_id
from tests.contracts.stores import Stores
from tests.edge_cases import EMAILS, NAMES
from tests.features.users.builders import user

STORE = "users"


async def test_every_spelling_is_a_key_of_its_own(stores: Stores) -> None:
    rows = {text: user(email=text) for text in EMAILS}
    for row in rows.values():
        await stores.users.add(row)

    found = {text: await stores.users.by_email(text) for text in EMAILS}

    assert found == rows


async def test_every_spelling_is_taken_once(stores: Stores) -> None:
    for text in EMAILS:
        await stores.users.add(user(email=text))

    for text in EMAILS:
        with pytest.raises(EmailTaken):
            await stores.users.add(user(email=text))


async def test_every_name_is_kept_as_it_was_given(stores: Stores) -> None:
    rows = [
        user(name=text, email=f"{new_id().hex}@example.com")
        for text in NAMES
        if "\x00" not in text
    ]
    for row in rows:
        await stores.users.add(row)

    assert [await stores.users.by_id(row.id) for row in rows] == rows

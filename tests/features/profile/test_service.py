"""What users change of what is shown of them."""

from dataclasses import replace

import pytest

from keywright.shared.errors import NotSignedIn
from tests.features.world import World
from tests.instants import SECOND

NAME = "Augusta Ada King"


async def test_a_new_name_is_kept_and_nothing_else_changes() -> None:
    world = World()
    user = await world.add_user()
    world.advance(SECOND)

    renamed = await world.profile.change(user, NAME)

    assert renamed == replace(user, name=NAME, updated_at=world.now)
    assert await world.users.by_id(user.id) == renamed
    assert world.happened() == ["ProfileChanged"]


async def test_a_change_of_nothing_is_none() -> None:
    world = World()
    user = await world.add_user()

    assert await world.profile.change(user, None) == user

    assert world.happened() == []


async def test_a_user_who_is_gone_changes_nothing() -> None:
    world = World()
    user = await world.add_user()
    await world.users.remove(user.id)

    with pytest.raises(NotSignedIn):
        await world.profile.change(user, NAME)

    assert world.happened() == []

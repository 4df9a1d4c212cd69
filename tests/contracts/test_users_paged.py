"""Users: going through all of them, in the contract of every store of them."""

from uuid import UUID

from tests.contracts.stores import Stores
from tests.contracts.test_users import added
from tests.features.users.builders import user

STORE = "users"


async def test_all_users_come_page_by_page_in_the_order_of_their_ids(
    stores: Stores,
) -> None:
    ids = [UUID(int=number << 120 | number) for number in (1, 0x7F, 0x80, 0xFF)]
    rows = [user(id=user_id) for user_id in ids]
    for row in reversed(rows):
        await stores.users.add(row)

    assert list(await stores.users.following(None, most=3)) == rows[:3]
    assert list(await stores.users.following(ids[2], most=3)) == rows[3:]
    assert not await stores.users.following(ids[3], most=3)


async def test_a_page_goes_on_after_a_user_who_was_removed(stores: Stores) -> None:
    first, second = [
        await added(stores.users, user(id=UUID(int=one))) for one in (1, 2)
    ]
    await stores.users.remove(first.id)

    assert list(await stores.users.following(first.id, most=3)) == [second]

"""Users: the contract of every store of them."""

from dataclasses import replace

import pytest

from keywright.features.users.errors import EmailTaken
from keywright.features.users.types import Status, User, UserChanges
from keywright.shared.secrets import new_id
from tests.contracts.races import race, winners
from tests.contracts.stores import Stores, Users
from tests.features.outbox.builders import letter
from tests.features.users.builders import avatar, user
from tests.instants import DAY, MILLISECOND, MINUTE, NOW

STORE = "users"
LATER = NOW + MINUTE

NEIGHBOURS = (
    "ada@example.com",
    "ada@example.com ",
    " ada@example.com",
    "Ada@example.com",
    "ada@EXAMPLE.com",
    "adá@example.com",
    "ada\N{COMBINING ACUTE ACCENT}@example.com",
    "ad\N{CYRILLIC SMALL LETTER A}@example.com",
    "ada\N{FULLWIDTH COMMERCIAL AT}example.com",
    "\N{LATIN SMALL LETTER SHARP S}@example.com",
    "ss@example.com",
    "ada%@example.com",
    "ada_@example.com",
)


@pytest.fixture
def users(stores: Stores) -> Users:
    return stores.users


async def added(users: Users, row: User) -> User:
    """Add *row*, and return it."""
    await users.add(row)
    return row


async def test_a_user_is_found_by_id_and_by_address(users: Users) -> None:
    row = await added(users, user())

    assert await users.by_id(row.id) == row
    assert await users.by_email(row.email) == row


async def test_an_unknown_user_is_not_found(users: Users) -> None:
    assert await users.by_id(new_id()) is None
    assert await users.by_email("nobody@example.com") is None


@pytest.mark.parametrize("status", Status)
async def test_every_member_is_kept(users: Users, status: Status) -> None:
    row = await added(
        users,
        user(
            name="Zoë 🦊 „O'Brien” \\ 李小龙 \N{ZERO WIDTH JOINER}",
            password_hash="v1.key.nonce." + "h" * 300,
            role="admin",
            is_email_verified=False,
            created_at=NOW + MILLISECOND,
            updated_at=NOW + 2 * MILLISECOND,
            status=status,
            purge_after=NOW + 3 * MILLISECOND,
            avatar=avatar(key="a" * 255, size=2**31 - 1),
            last_login_at=NOW + 4 * MILLISECOND,
            epoch=2**31 - 1,
            first_name="Zoë 🦊",
            last_name="李",
        ),
    )

    assert await users.by_id(row.id) == row


async def test_a_user_may_be_without_password_and_picture(users: Users) -> None:
    row = await added(users, user(password_hash=None, avatar=None))

    assert await users.by_id(row.id) == row


async def test_a_long_address_is_kept(users: Users) -> None:
    label = "d" * 63
    email = f"{'l' * 64}@{label}.{label}.{'d' * 61}"
    row = await added(users, user(email=email))

    assert len(email) == 254
    assert await users.by_email(email) == row


async def test_addresses_that_look_alike_are_different(users: Users) -> None:
    rows = [await added(users, user(email=email)) for email in NEIGHBOURS]

    assert [await users.by_email(email) for email in NEIGHBOURS] == rows


async def test_an_address_is_taken_once(users: Users) -> None:
    row = await added(users, user())

    with pytest.raises(EmailTaken):
        await users.add(user(email=row.email))
    assert await users.by_email(row.email) == row


async def test_an_id_is_taken_once(users: Users) -> None:
    row = await added(users, user())
    again = user(id=row.id, email="another@example.com")

    with pytest.raises(EmailTaken):
        await users.add(again)
    assert await users.by_id(row.id) == row
    assert await users.by_email(again.email) is None


async def test_of_many_concurrent_sign_ups_with_an_address_one_wins(
    users: Users,
) -> None:
    rows = [user(email="contested@example.com") for _ in range(64)]

    async def add(number: int) -> bool:
        try:
            await users.add(rows[number])
        except EmailTaken:
            return False
        return True

    [winner] = winners(await race(add))

    assert await users.by_email("contested@example.com") == rows[winner]


async def test_an_address_is_free_again_once_its_user_is_removed(
    users: Users,
) -> None:
    row = await added(users, user())
    await users.remove(row.id)
    newcomer = await added(users, user(email=row.email))

    assert await users.by_email(row.email) == newcomer


async def test_a_new_password_raises_the_epoch(stores: Stores) -> None:
    row = await added(stores.users, user(epoch=4))
    note = letter()

    assert await stores.users.replace_password(
        row.id, "new hash", epoch=4, now=LATER, letter=note
    )

    after = replace(row, password_hash="new hash", epoch=5, updated_at=LATER)
    assert await stores.users.by_id(row.id) == after
    assert await stores.letter(note.id) == note


async def test_a_first_password_can_be_set(users: Users) -> None:
    row = await added(users, user(password_hash=None))

    assert await users.replace_password(
        row.id, "new hash", epoch=0, now=LATER, letter=None
    )


@pytest.mark.parametrize("epoch", [3, 5])
async def test_a_password_of_another_epoch_changes_nothing(
    stores: Stores, epoch: int
) -> None:
    row = await added(stores.users, user(epoch=4))
    note = letter()

    assert not await stores.users.replace_password(
        row.id, "new hash", epoch=epoch, now=LATER, letter=note
    )
    assert await stores.users.by_id(row.id) == row
    assert await stores.letter(note.id) is None


async def test_nobody_gets_no_password(stores: Stores) -> None:
    note = letter()

    assert not await stores.users.replace_password(
        new_id(), "new hash", epoch=0, now=LATER, letter=note
    )
    assert await stores.letter(note.id) is None


async def test_of_many_concurrent_passwords_exactly_one_wins_with_its_letter(
    stores: Stores,
) -> None:
    row = await added(stores.users, user())
    notes = [letter() for _ in range(64)]

    async def replace_password(number: int) -> bool:
        return await stores.users.replace_password(
            row.id, f"hash {number}", epoch=0, now=LATER, letter=notes[number]
        )

    [winner] = winners(await race(replace_password))
    found = await stores.users.by_id(row.id)

    assert found is not None
    assert (found.password_hash, found.epoch) == (f"hash {winner}", 1)
    assert winners([await stores.letter(note.id) for note in notes]) == [winner]


async def test_a_hash_is_renewed_without_ending_sessions(users: Users) -> None:
    row = await added(users, user(password_hash="old", epoch=4))

    assert await users.rehash(row.id, old="old", new="new")
    assert await users.by_id(row.id) == replace(row, password_hash="new")


@pytest.mark.parametrize("current", ["another", "OLD", "old ", None])
async def test_a_hash_that_changed_meanwhile_is_not_renewed(
    users: Users, current: str | None
) -> None:
    row = await added(users, user(password_hash=current))

    assert not await users.rehash(row.id, old="old", new="new")
    assert await users.by_id(row.id) == row


async def test_nobody_has_no_hash_to_renew(users: Users) -> None:
    assert not await users.rehash(new_id(), old="old", new="new")


@pytest.mark.parametrize(
    ("changes", "after"),
    [
        pytest.param(UserChanges(name="Grace 🦊"), {"name": "Grace 🦊"}, id="name"),
        pytest.param(UserChanges(role="admin"), {"role": "admin"}, id="role"),
        pytest.param(
            UserChanges(avatar=avatar(size=7)), {"avatar": avatar(size=7)}, id="avatar"
        ),
        pytest.param(UserChanges(avatar=None), {"avatar": None}, id="no avatar"),
        pytest.param(
            UserChanges(last_login_at=LATER), {"last_login_at": LATER}, id="sign-in"
        ),
        pytest.param(
            UserChanges(is_email_verified=False),
            {"is_email_verified": False},
            id="address",
        ),
        pytest.param(
            UserChanges(first_name="Grace", last_name=None),
            {"first_name": "Grace", "last_name": None},
            id="names",
        ),
        pytest.param(UserChanges(), {}, id="nothing"),
        pytest.param(
            UserChanges(
                "Grace",
                "admin",
                avatar(),
                LATER,
                is_email_verified=False,
                first_name="Grace",
                last_name="Hopper",
            ),
            {
                "name": "Grace",
                "role": "admin",
                "avatar": avatar(),
                "last_login_at": LATER,
                "is_email_verified": False,
                "first_name": "Grace",
                "last_name": "Hopper",
            },
            id="everything",
        ),
    ],
)
async def test_changes_leave_the_other_members(
    users: Users, changes: UserChanges, after: dict[str, object]
) -> None:
    row = await added(
        users,
        user(avatar=avatar(), epoch=4, first_name="Ada", last_name="Lovelace"),
    )

    changed = await users.update(row.id, changes, now=LATER)

    assert changed == replace(row, updated_at=LATER, **after)  # type: ignore[arg-type]  # by name
    assert await users.by_id(row.id) == changed


async def test_nobody_cannot_be_changed(users: Users) -> None:
    assert await users.update(new_id(), UserChanges(name="X"), now=LATER) is None


async def test_concurrent_changes_of_different_members_all_count(
    users: Users,
) -> None:
    row = await added(users, user())
    changes = (
        UserChanges(name="Grace"),
        UserChanges(role="admin"),
        UserChanges(avatar=avatar()),
        UserChanges(last_login_at=LATER),
    )

    async def update(number: int) -> User | None:
        return await users.update(row.id, changes[number], now=LATER)

    await race(update, racers=len(changes))

    found = await users.by_id(row.id)
    assert found == replace(
        row,
        name="Grace",
        role="admin",
        avatar=avatar(),
        last_login_at=LATER,
        updated_at=LATER,
    )


async def test_a_status_raises_the_epoch(stores: Stores) -> None:
    row = await added(stores.users, user(epoch=4))
    note = letter()

    assert await stores.users.set_status(
        row.id,
        Status.DEACTIVATED,
        epoch=4,
        purge_after=NOW + DAY,
        now=LATER,
        letter=note,
    )

    after = replace(
        row,
        status=Status.DEACTIVATED,
        purge_after=NOW + DAY,
        epoch=5,
        updated_at=LATER,
    )
    assert await stores.users.by_id(row.id) == after
    assert await stores.letter(note.id) == note


async def test_a_reactivation_forgets_the_purge(users: Users) -> None:
    row = await added(users, user(status=Status.DEACTIVATED, purge_after=NOW))

    assert await users.set_status(
        row.id, Status.ACTIVE, epoch=0, purge_after=None, now=LATER, letter=None
    )
    after = replace(
        row, status=Status.ACTIVE, purge_after=None, epoch=1, updated_at=LATER
    )
    assert await users.by_id(row.id) == after


@pytest.mark.parametrize("epoch", [3, 5])
async def test_a_status_of_another_epoch_changes_nothing(
    stores: Stores, epoch: int
) -> None:
    row = await added(stores.users, user(epoch=4))
    note = letter()

    assert not await stores.users.set_status(
        row.id, Status.BANNED, epoch=epoch, purge_after=None, now=LATER, letter=note
    )
    assert await stores.users.by_id(row.id) == row
    assert await stores.letter(note.id) is None


async def test_of_concurrent_changes_that_raise_the_epoch_one_wins(
    stores: Stores,
) -> None:
    row = await added(stores.users, user())

    async def act(number: int) -> bool:
        if number % 2:
            return await stores.users.replace_password(
                row.id, "new hash", epoch=0, now=LATER, letter=None
            )
        return await stores.users.set_status(
            row.id, Status.BANNED, epoch=0, purge_after=None, now=LATER, letter=None
        )

    assert len(winners(await race(act))) == 1


async def test_a_user_is_removed_once(users: Users) -> None:
    row = await added(users, user())
    stays = await added(users, user())

    assert await users.remove(row.id)
    assert not await users.remove(row.id)
    assert await users.by_id(row.id) is None
    assert await users.by_email(row.email) is None
    assert await users.by_id(stays.id) == stays


async def test_only_those_whose_grace_is_over_are_lapsed(users: Users) -> None:
    closed = Status.DEACTIVATED
    over = await added(users, user(status=closed, purge_after=NOW - MILLISECOND))
    now_over = await added(users, user(status=closed, purge_after=NOW))
    await added(users, user(status=closed, purge_after=NOW + MILLISECOND))
    await added(users, user(status=closed))
    await added(users, user(status=Status.BANNED, purge_after=NOW - DAY))
    await added(users, user(purge_after=NOW - DAY))

    lapsed = await users.lapsed(now=NOW, most=10)

    assert {row.id for row in lapsed} == {over.id, now_over.id}
    assert over in lapsed


async def test_no_more_are_lapsed_than_asked_for(users: Users) -> None:
    for _ in range(3):
        await added(users, user(status=Status.DEACTIVATED, purge_after=NOW))

    assert len(await users.lapsed(now=NOW, most=2)) == 2


async def test_raised_epochs_are_found_by_when_they_were_reached(
    stores: Stores,
) -> None:
    early, then, later, never = (user() for _ in range(4))
    for one in (early, then, later, never):
        await stores.users.add(one)
    raised = ((early, NOW - MILLISECOND), (then, NOW), (later, NOW + MINUTE))
    for one, at in raised:
        await stores.users.replace_password(one.id, "new", epoch=0, now=at, letter=None)

    assert await stores.users.raised_since(NOW) == {then.id: 1, later.id: 1}


async def test_a_status_raises_the_epoch_that_is_found(stores: Stores) -> None:
    one = user(epoch=4)
    await stores.users.add(one)
    await stores.users.set_status(
        one.id, Status.BANNED, epoch=4, purge_after=None, now=NOW, letter=None
    )

    assert await stores.users.raised_since(NOW) == {one.id: 5}


async def test_an_epoch_that_was_not_raised_is_not_found(stores: Stores) -> None:
    one = user(epoch=4)
    await stores.users.add(one)
    replace_password = stores.users.replace_password
    await replace_password(one.id, "new", epoch=3, now=NOW, letter=None)
    await stores.users.update(one.id, UserChanges(role="admin"), now=NOW)

    assert await stores.users.raised_since(NOW - DAY) == {}


async def test_the_epoch_of_a_removed_user_is_not_found(stores: Stores) -> None:
    one = user()
    await stores.users.add(one)
    await stores.users.replace_password(one.id, "new", epoch=0, now=NOW, letter=None)
    await stores.users.remove(one.id)

    assert await stores.users.raised_since(NOW) == {}

"""Signing in by password, and changing it."""

import asyncio
from datetime import timedelta

import pytest

from keywright.features.challenges.errors import TokenNotValid
from keywright.features.passwords.errors import (
    EmailNotVerified,
    InvalidCredentials,
    PasswordRefused,
    WrongPassword,
)
from keywright.features.sessions.errors import SessionEnded
from keywright.features.sign_in.types import SignedIn
from keywright.features.users.errors import AccountBanned, AccountDeactivated
from keywright.features.users.types import Status, User
from tests.features.steps import Crashed, crash
from tests.features.world import (
    ADDRESS,
    CLIENT,
    DEVICE,
    OTHER_PASSWORD,
    PASSWORD,
    World,
)
from tests.instants import DAY, MINUTE, SECOND

WRONG = "not the password"


async def refused(
    world: World,
    password: str = WRONG,
    *,
    email: str = ADDRESS,
    cookie: str | None = None,
) -> None:
    """Sign in and be refused as for a wrong password."""
    with pytest.raises(InvalidCredentials):
        await world.sign_in(email, password, cookie=cookie)


async def change(
    world: World,
    user: User,
    *,
    old: str = PASSWORD,
    new: str = OTHER_PASSWORD,
    cookie: str | None = None,
) -> SignedIn:
    """Change the password of *user*, who is signed in."""
    return await world.door.change(
        user, old=old, new=new, device=DEVICE, device_cookie=cookie
    )


async def test_the_right_password_opens_a_session() -> None:
    world = World()
    user = await world.add_user()

    signed_in = await world.sign_in()

    assert (await world.principal(signed_in.credentials)).user.id == user.id
    assert world.happened() == ["UserSignedIn"]


async def test_a_wrong_password_is_refused_and_told_to_listeners() -> None:
    world = World()
    await world.add_user()

    await refused(world)
    await refused(world, PASSWORD, email="nobody@example.com")

    assert world.happened() == ["SignInRefused", "SignInRefused"]


@pytest.mark.attack("G5")
@pytest.mark.parametrize("password", ["", " ", "null", PASSWORD])
async def test_a_user_without_a_password_never_signs_in_by_one(password: str) -> None:
    world = World()
    await world.add_user(password=None)

    await refused(world, password)


@pytest.mark.attack("E1")
@pytest.mark.parametrize("status", [Status.BANNED, Status.DEACTIVATED])
async def test_the_state_of_an_account_is_told_after_the_right_password_only(
    status: Status,
) -> None:
    world = World()
    await world.add_user(status=status, purge_after=world.now + DAY)

    await refused(world)
    with pytest.raises((AccountBanned, AccountDeactivated)) as told:
        await world.sign_in()

    assert world.reasons() == ["invalid_credentials", told.value.code]


@pytest.mark.attack("E1")
async def test_an_unproved_address_is_told_after_the_right_password_only() -> None:
    world = World()
    await world.add_user(is_email_verified=False)

    await refused(world)
    with pytest.raises(EmailNotVerified):
        await world.sign_in()

    assert world.reasons() == ["invalid_credentials", "email_not_verified"]


@pytest.mark.attack("F2")
async def test_of_many_guesses_at_once_ten_are_compared() -> None:
    world = World()
    await world.add_user()

    await asyncio.gather(*(refused(world) for _ in range(10)))

    await asyncio.gather(*(refused(world, PASSWORD) for _ in range(50)))


@pytest.mark.attack("E1")
async def test_over_budget_the_right_password_is_answered_as_a_wrong_one() -> None:
    world = World()
    await world.add_user()
    for _ in range(11):
        await refused(world)

    await refused(world, PASSWORD)

    world.advance(15 * MINUTE)
    await world.sign_in()


@pytest.mark.attack("F9")
async def test_a_thousand_guesses_of_strangers_do_not_keep_the_owner_out() -> None:
    world = World()
    await world.add_user()
    signed_in = await world.sign_in()
    for _ in range(1000):
        await refused(world)
        world.advance(SECOND)

    await refused(world, PASSWORD)
    await world.sign_in(cookie=signed_in.device_cookie)

    opened = await world.reset.start(ADDRESS, client=CLIENT, device_cookie=None)
    token = await world.reset.verify(
        email=ADDRESS, code=world.code(), flow_id=opened.flow_id
    )
    await world.reset.complete(token.secret, OTHER_PASSWORD)
    await world.sign_in(password=OTHER_PASSWORD)


@pytest.mark.attack("F9")
async def test_strangers_do_not_keep_a_signed_in_owner_from_acting() -> None:
    world = World()
    user = await world.add_user()
    await world.sign_in()
    for _ in range(200):
        await refused(world)

    await world.door.require(user, PASSWORD, device_cookie=None)
    await change(world, user)


async def test_the_owner_is_told_once_per_series_of_refused_tries() -> None:
    world = World()
    await world.add_user()

    for _ in range(30):
        await refused(world)

    assert world.kinds() == ["tries_refused"]
    assert world.mail().to == ADDRESS
    assert world.happened().count("TriesRefused") == 1


@pytest.mark.attack("L3")
async def test_who_guesses_for_days_sends_the_owner_ten_mails() -> None:
    world = World()
    await world.add_user()

    for _ in range(50):
        for _ in range(11):
            await refused(world)
        world.advance(15 * MINUTE)

    assert len(world.kinds()) < 10


async def test_guesses_at_an_unknown_address_are_told_to_nobody() -> None:
    world = World()

    for _ in range(11):
        await refused(world, email="nobody@example.com")

    assert world.kinds() == []
    assert len(world.outbox.recorded()) == 1


async def test_a_sign_in_that_succeeds_is_no_failed_try() -> None:
    world = World(max_sessions=100)
    await world.add_user()

    for _ in range(30):
        await world.sign_in()


@pytest.mark.attack("G7")
async def test_a_wrong_current_password_counts_as_a_guess() -> None:
    world = World()
    user = await world.add_user()

    for _ in range(10):
        with pytest.raises(WrongPassword):
            await world.door.require(user, WRONG, device_cookie=None)

    with pytest.raises(WrongPassword):
        await world.door.require(user, PASSWORD, device_cookie=None)
    assert world.happened().count("SignInRefused") == 11


async def test_a_changed_password_replaces_the_old_one() -> None:
    world = World()
    user = await world.add_user()

    await change(world, user)

    await refused(world, PASSWORD)
    await world.sign_in(password=OTHER_PASSWORD)
    assert "password_changed" in world.kinds()
    assert "PasswordChanged" in world.happened()


@pytest.mark.attack("M5")
async def test_a_change_ends_every_earlier_session_and_gives_a_new_one() -> None:
    world = World()
    user = await world.add_user()
    earlier = await world.sign_in()

    changed = await change(world, user, cookie=earlier.device_cookie)

    with pytest.raises(SessionEnded):
        await world.principal(earlier.credentials)
    assert earlier.credentials.refresh is not None
    with pytest.raises(SessionEnded):
        await world.refresh.refresh(earlier.credentials.refresh)
    await world.principal(changed.credentials)


@pytest.mark.attack("M5")
async def test_a_change_makes_known_devices_strangers() -> None:
    world = World()
    user = await world.add_user()
    earlier = await world.sign_in()

    changed = await change(world, user, cookie=earlier.device_cookie)

    epoch = user.epoch + 1
    recognise = world.devices.recognise
    assert recognise(earlier.device_cookie, user.id, epoch) is None
    assert recognise(changed.device_cookie, user.id, epoch) is not None


async def test_a_change_needs_the_current_password() -> None:
    world = World()
    user = await world.add_user()

    with pytest.raises(WrongPassword):
        await change(world, user, old=WRONG)

    assert await world.users.by_id(user.id) == user


@pytest.mark.attack("G6")
async def test_a_change_to_a_bad_password_is_refused_by_name() -> None:
    world = World()
    user = await world.add_user()

    with pytest.raises(PasswordRefused) as error:
        await change(world, user, new="Ada Lovelace1")

    assert error.value.errors is not None
    assert set(error.value.errors) == {"newPassword"}


async def test_of_two_changes_at_once_one_wins() -> None:
    world = World()
    user = await world.add_user()

    async def change_to(password: str) -> str | None:
        try:
            await change(world, user, new=password)
        except SessionEnded:
            return None
        return password

    passwords = [f"{OTHER_PASSWORD} {number}" for number in range(10)]
    results = await asyncio.gather(*map(change_to, passwords))

    (winner,) = [password for password in results if password is not None]
    await world.sign_in(password=winner)


async def reset_token(world: World) -> str:
    """Return a token that sets a password."""
    opened = await world.reset.start(ADDRESS, client=CLIENT, device_cookie=None)
    token = await world.reset.verify(
        email=ADDRESS, code=world.code(), flow_id=opened.flow_id
    )
    return token.secret


async def test_a_change_that_overlaps_a_reset_loses_to_it() -> None:
    world = World()
    user = await world.add_user()
    token = await reset_token(world)

    async def reset() -> None:
        await world.reset.complete(token, "the owner's own words")

    world.steps.before("users.replace_password", reset)
    with pytest.raises(SessionEnded):
        await change(world, user)

    await world.sign_in(password="the owner's own words")


async def test_a_reset_that_overlaps_a_change_loses_to_it() -> None:
    world = World()
    user = await world.add_user()
    token = await reset_token(world)
    changed: list[SignedIn] = []

    async def first() -> None:
        changed.append(await change(world, user))

    world.steps.before("users.replace_password", first)
    with pytest.raises(TokenNotValid):
        await world.reset.complete(token, "some other words")

    await world.sign_in(password=OTHER_PASSWORD)
    await world.principal(changed[0].credentials)


async def test_the_session_of_a_change_ends_with_a_reset_that_follows_at_once() -> None:
    world = World()
    user = await world.add_user()

    async def reset() -> None:
        await world.reset.complete(await reset_token(world), "the owner's own words")

    world.steps.after("users.replace_password", reset)
    changed = await change(world, user)

    with pytest.raises(SessionEnded):
        await world.principal(changed.credentials)


async def test_a_sign_in_that_overlaps_a_change_is_over_at_once() -> None:
    world = World()
    user = await world.add_user()

    async def change_meanwhile() -> None:
        await change(world, user)

    world.steps.before("families.add", change_meanwhile)
    signed_in = await world.sign_in()

    with pytest.raises(SessionEnded):
        await world.principal(signed_in.credentials)


async def test_a_ban_that_overlaps_a_sign_in_ends_it_at_once() -> None:
    world = World()
    user = await world.add_user()

    async def ban() -> None:
        await world.users.set_status(
            user.id,
            Status.BANNED,
            epoch=user.epoch,
            purge_after=None,
            now=world.now,
            letter=None,
        )

    world.steps.before("families.add", ban)
    signed_in = await world.sign_in()

    with pytest.raises(SessionEnded):
        await world.principal(signed_in.credentials)


async def test_a_crash_after_a_change_leaves_no_old_session_alive() -> None:
    world = World()
    user = await world.add_user()
    earlier = await world.sign_in()
    world.steps.after("users.replace_password", crash)

    with pytest.raises(Crashed):
        await change(world, user)

    with pytest.raises(SessionEnded):
        await world.principal(earlier.credentials)
    await world.sign_in(password=OTHER_PASSWORD)
    assert "password_changed" in world.kinds()


async def test_an_epoch_goes_up_by_one_with_each_change() -> None:
    world = World()
    user = await world.add_user()
    for number in range(3):
        changed = await change(
            world,
            user,
            new=f"{OTHER_PASSWORD} {number}",
            old=(PASSWORD if number == 0 else f"{OTHER_PASSWORD} {number - 1}"),
        )
        user = changed.user
        world.advance(timedelta(minutes=1))

    kept = await world.users.by_id(user.id)
    assert kept is not None
    assert kept.epoch == user.epoch == 3

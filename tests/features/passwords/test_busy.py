"""What was not compared for lack of time is no wrong password."""

from dataclasses import replace
from datetime import timedelta

import pytest

from keywright.features.lockout.policy import FREE_TRIES
from keywright.features.passwords.errors import InvalidCredentials
from keywright.features.passwords.service import PasswordDoor, Passwords
from keywright.shared.errors import Busy
from keywright.shared.passwords import PasswordHashes
from tests.features.world import (
    ADDRESS,
    CHEAP,
    DEVICE,
    OTHER_PASSWORD,
    PASSWORD,
    VAULT,
    World,
)

NO_TIME = timedelta(seconds=-1)
FULL = PasswordHashes(threads=1, cost=CHEAP, longest_wait=NO_TIME)


def busy(door: PasswordDoor) -> PasswordDoor:
    """Return *door* on a server whose queue of hashes is full."""
    return replace(door, passwords=Passwords(FULL, VAULT, rules=()))


async def turned_away(
    door: PasswordDoor, *, times: int = FREE_TRIES + 2, cookie: str | None = None
) -> None:
    """Sign in by the right password that often and be told to come later."""
    for _ in range(times):
        with pytest.raises(Busy):
            await busy(door).sign_in(
                ADDRESS, PASSWORD, device=DEVICE, device_cookie=cookie
            )


async def guess(world: World, *, times: int) -> None:
    """Guess wrong that often."""
    for _ in range(times):
        with pytest.raises(InvalidCredentials):
            await world.sign_in(password=OTHER_PASSWORD)


async def test_whoever_was_turned_away_signs_in_when_there_is_time() -> None:
    world = World()
    await world.add_user()
    await turned_away(world.door)

    await world.sign_in()


async def test_a_known_device_that_was_turned_away_signs_in() -> None:
    world = World()
    await world.add_user()
    cookie = (await world.sign_in()).device_cookie
    await turned_away(world.door, cookie=cookie)

    await world.sign_in(cookie=cookie)


async def test_a_signed_in_user_who_was_turned_away_may_act() -> None:
    world = World()
    user = await world.add_user()
    for _ in range(FREE_TRIES + 2):
        with pytest.raises(Busy):
            await busy(world.door).require(user, PASSWORD, device_cookie=None)

    await world.door.require(user, PASSWORD, device_cookie=None)


@pytest.mark.attack("F9")
async def test_where_nothing_is_mailed_whoever_was_turned_away_signs_in() -> None:
    world = World()
    await world.add_user()
    door = replace(world.door, lockout=world.lockout.without_stop())
    await turned_away(door)

    await door.sign_in(ADDRESS, PASSWORD, device=DEVICE, device_cookie=None)


@pytest.mark.attack("F2")
async def test_guesses_before_and_after_a_busy_time_count_together() -> None:
    world = World()
    await world.add_user()
    await guess(world, times=FREE_TRIES - 1)
    await turned_away(world.door)
    await guess(world, times=1)

    with pytest.raises(InvalidCredentials):
        await world.sign_in()


async def test_a_busy_time_sends_the_owner_no_mail() -> None:
    world = World()
    await world.add_user()
    await guess(world, times=FREE_TRIES)
    await turned_away(world.door)

    assert world.kinds() == []

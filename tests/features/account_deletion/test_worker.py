"""Users whose grace period is over are removed, and nobody else."""

import logging

import pytest

from keywright.features.account_deletion.worker import BATCH
from keywright.features.users.errors import AccountDeactivated
from keywright.features.users.types import Status, User
from tests.features.steps import crash
from tests.features.world import World
from tests.instants import MILLISECOND, SECOND


async def lapsed(world: World, number: int = 0) -> User:
    """Add a user whose grace period ends at this moment."""
    return await world.add_user(
        email=f"lapsed{number}@example.com",
        password=None,
        status=Status.DEACTIVATED,
        purge_after=world.now,
    )


async def test_only_those_whose_grace_period_is_over_are_removed() -> None:
    world = World()
    gone = await lapsed(world)
    waiting = await world.add_user(
        email="waiting@example.com",
        status=Status.DEACTIVATED,
        purge_after=world.now + MILLISECOND,
    )
    active = await world.add_user(email="active@example.com")

    assert not await world.purge.run_once()

    assert await world.users.by_id(gone.id) is None
    assert await world.users.by_id(waiting.id) == waiting
    assert await world.users.by_id(active.id) == active
    assert world.happened() == ["UserRemoved", "LapsedPurged"]


async def test_a_full_batch_says_that_there_may_be_more() -> None:
    world = World()
    for number in range(BATCH + 1):
        await lapsed(world, number)

    assert await world.purge.run_once()
    assert not await world.purge.run_once()
    assert world.happened().count("UserRemoved") == BATCH + 1


async def test_without_lapsed_users_nothing_happens() -> None:
    world = World()

    assert not await world.purge.run_once()

    assert world.happened() == []


@pytest.mark.attack("M2")
async def test_a_user_who_came_back_at_the_last_moment_is_kept() -> None:
    world = World()
    user = await world.add_user(
        status=Status.DEACTIVATED, purge_after=world.now + SECOND
    )
    with pytest.raises(AccountDeactivated) as told:
        await world.sign_in()
    assert told.value.data is not None
    token = str(told.value.data["reactivationToken"])

    async def come_back() -> None:
        world.now -= SECOND
        await world.deletion.reactivate(token)

    world.advance(SECOND)
    world.steps.before("users.set_status", come_back)
    await world.purge.run_once()

    kept = await world.users.by_id(user.id)
    assert kept is not None
    assert kept.status is Status.ACTIVE


async def test_a_user_who_cannot_be_removed_keeps_no_other(
    caplog: pytest.LogCaptureFixture,
) -> None:
    world = World()
    for number in range(BATCH):
        await lapsed(world, number)
    world.steps.before("users.remove", crash)

    with caplog.at_level(logging.ERROR):
        await world.purge.run_once()

    assert world.happened().count("UserRemoved") == BATCH - 1
    assert [record.message for record in caplog.records] == ["removal failed"]
    await world.purge.run_once()
    assert world.happened().count("UserRemoved") == BATCH


async def test_users_who_can_never_be_removed_do_not_keep_the_worker_busy() -> None:
    world = World()
    for number in range(BATCH):
        await lapsed(world, number)
        world.steps.before("users.remove", crash)

    assert not await world.purge.run_once()

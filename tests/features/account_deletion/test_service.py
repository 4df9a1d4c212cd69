"""Giving up an account: asked for, confirmed by mail, undone within a grace period."""

import asyncio
from uuid import UUID

import pytest

from keywright.features.account_deletion.service import nothing_else
from keywright.features.account_deletion.types import DeletionKind
from keywright.features.challenges.errors import ProofInUse, TokenNotValid
from keywright.features.challenges.types import RESUME_AFTER
from keywright.features.passwords.errors import InvalidCredentials
from keywright.features.sessions.errors import SessionEnded
from keywright.features.sign_in.types import SignedIn
from keywright.features.users.errors import AccountDeactivated
from keywright.features.users.types import Status, User
from keywright.shared.secrets import from_text
from tests.features.steps import Crashed, crash
from tests.features.world import ADDRESS, DEVICE, OTHER_PASSWORD, PASSWORD, World
from tests.instants import DAY, MILLISECOND, MINUTE

HARD, SOFT = DeletionKind.HARD, DeletionKind.SOFT


async def requested(world: World, user: User, kind: DeletionKind = SOFT) -> str:
    """Return the mailed token that gives up the account of *user*."""
    await world.deletion.request(user, kind)
    return world.token()


async def refused(world: World, user: User, token: str) -> None:
    """Confirm with *token* and be refused."""
    with pytest.raises(TokenNotValid):
        await world.deletion.confirm(user, token)


async def reactivation(world: World) -> str:
    """Return the token that a right sign-in to a deactivated account gets."""
    with pytest.raises(AccountDeactivated) as told:
        await world.sign_in()
    assert told.value.data is not None
    return str(told.value.data["reactivationToken"])


async def now_is(world: World, user: User) -> User | None:
    """Return *user* as it is kept now."""
    return await world.users.by_id(user.id)


async def kept_of(
    world: World, token: str, session_id: UUID, user: User
) -> list[object]:
    """Return what is still kept of a flow and a session of *user*, were it back."""
    flow = await world.challenges.by_id(from_text(token)[:16])
    await world.users.add(user)
    family = await world.families.by_id(session_id, user.id)
    return [one for one in (flow, family) if one is not None]


async def change_password(world: World, user: User) -> None:
    """Replace the password of *user*."""
    await world.users.replace_password(
        user.id, "sealed", epoch=user.epoch, now=world.now, letter=None
    )


async def test_a_soft_deletion_deactivates_and_ends_all_sessions() -> None:
    world = World()
    user = await world.add_user()
    signed_in = await world.sign_in()

    assert await world.deletion.confirm(user, await requested(world, user)) is SOFT

    kept = await now_is(world, user)
    assert kept is not None
    assert kept.status is Status.DEACTIVATED
    assert kept.purge_after == world.now + 30 * DAY
    with pytest.raises(SessionEnded):
        await world.principal(signed_in.credentials)
    assert world.kinds() == ["confirm_deletion", "account_deactivated"]
    assert world.happened()[-2:] == ["DeletionRequested", "StatusChanged"]


@pytest.mark.attack("M3")
async def test_a_hard_deletion_leaves_nothing_and_frees_the_address() -> None:
    removed: list[User] = []

    async def remove_files(user: User) -> None:
        removed.append(user)

    world = World(on_removal=remove_files)
    user = await world.add_user()
    signed_in = await world.sign_in()

    assert await world.deletion.confirm(user, await requested(world, user, HARD))

    assert await now_is(world, user) is None
    assert [one.id for one in removed] == [user.id]
    with pytest.raises(SessionEnded):
        await world.principal(signed_in.credentials)
    newcomer = await world.add_user()
    assert newcomer.id != user.id
    assert "UserRemoved" in world.happened()


async def test_nothing_else_is_removed_unless_told() -> None:
    world = World()

    await nothing_else(await world.add_user())

    assert world.steps.taken == ["users.add"]


@pytest.mark.attack("M4")
async def test_a_token_works_for_its_own_user_only() -> None:
    world = World()
    user = await world.add_user()
    eve = await world.add_user(email="eve@example.com")
    token = await requested(world, user, HARD)

    await refused(world, eve, token)

    assert await now_is(world, user) == user
    assert await now_is(world, eve) == eve


@pytest.mark.attack("M4")
async def test_of_many_confirmations_at_once_one_counts() -> None:
    world = World()
    user = await world.add_user()
    token = await requested(world, user)

    async def confirm() -> bool:
        try:
            await world.deletion.confirm(user, token)
        except (TokenNotValid, ProofInUse):
            return False
        return True

    results = await asyncio.gather(*(confirm() for _ in range(20)))

    assert results.count(True) == 1
    assert world.kinds().count("account_deactivated") == 1


async def test_a_token_dies_with_a_change_of_the_password() -> None:
    world = World()
    user = await world.add_user()
    token = await requested(world, user, HARD)
    await change_password(world, user)
    changed = await now_is(world, user)
    assert changed is not None

    await refused(world, changed, token)


@pytest.mark.parametrize("kind", [SOFT, HARD])
async def test_a_deletion_that_a_reset_overlaps_does_nothing_and_says_so(
    kind: DeletionKind,
) -> None:
    world = World()
    user = await world.add_user()
    token = await requested(world, user, kind)

    async def reset() -> None:
        await change_password(world, user)

    world.steps.before("users.set_status", reset)
    await refused(world, user, token)

    kept = await now_is(world, user)
    assert kept is not None
    assert kept.status is Status.ACTIVE


async def test_a_crash_before_the_deletion_costs_half_a_minute() -> None:
    world = World()
    user = await world.add_user()
    token = await requested(world, user, HARD)
    world.steps.before("users.set_status", crash)
    with pytest.raises(Crashed):
        await world.deletion.confirm(user, token)

    with pytest.raises(ProofInUse):
        await world.deletion.confirm(user, token)
    world.advance(RESUME_AFTER)
    await world.deletion.confirm(user, token)

    assert await now_is(world, user) is None


@pytest.mark.parametrize(
    "step",
    [
        "families.end_others",
        "challenges.forget",
        "families.forget",
        "users.remove",
    ],
)
async def test_an_interrupted_removal_is_completed_by_the_purge(step: str) -> None:
    world = World()
    user = await world.add_user()
    signed_in = await world.sign_in()
    token = await requested(world, user, HARD)
    world.steps.before(step, crash)
    with pytest.raises(Crashed):
        await world.deletion.confirm(user, token)

    with pytest.raises(SessionEnded):
        await world.principal(signed_in.credentials)
    came_back = await reactivation(world)
    with pytest.raises(TokenNotValid):
        await world.deletion.reactivate(came_back)
    await world.purge.run_once()

    assert await now_is(world, user) is None
    assert await kept_of(world, token, signed_in.credentials.session_id, user) == []


@pytest.mark.attack("M3")
async def test_what_a_request_writes_during_a_removal_goes_as_well() -> None:
    world = World()
    user = await world.add_user()
    token = await requested(world, user, HARD)
    opened: list[SignedIn] = []

    async def sign_in() -> None:
        opened.append(
            await world.signing_in.finish(
                user, DEVICE, amr=("pwd",), known_device=None, announce=False
            )
        )

    world.steps.before("users.remove", sign_in)
    await world.deletion.confirm(user, token)

    session_id = opened[0].credentials.session_id
    assert await kept_of(world, token, session_id, user) == []


@pytest.mark.attack("M2")
async def test_a_right_sign_in_within_the_grace_period_brings_the_account_back() -> (
    None
):
    world = World()
    user = await world.add_user()
    await world.deletion.confirm(user, await requested(world, user))
    world.advance(29 * DAY)

    await world.deletion.reactivate(await reactivation(world))

    await world.sign_in()
    kept = await now_is(world, user)
    assert kept is not None
    assert (kept.status, kept.purge_after) == (Status.ACTIVE, None)
    assert world.kinds()[-1] == "account_reactivated"


@pytest.mark.attack("M2")
async def test_a_reactivation_token_works_once() -> None:
    world = World()
    user = await world.add_user()
    await world.deletion.confirm(user, await requested(world, user))
    token = await reactivation(world)
    await world.deletion.reactivate(token)

    for wait in (0 * MINUTE, RESUME_AFTER):
        world.advance(wait)
        with pytest.raises(TokenNotValid):
            await world.deletion.reactivate(token)


@pytest.mark.attack("M2")
async def test_after_the_grace_period_nothing_brings_the_account_back() -> None:
    world = World()
    user = await world.add_user()
    await world.deletion.confirm(user, await requested(world, user))
    world.advance(30 * DAY - MILLISECOND)
    token = await reactivation(world)
    world.advance(MILLISECOND)

    for each in (token, await reactivation(world)):
        with pytest.raises(TokenNotValid):
            await world.deletion.reactivate(each)


@pytest.mark.parametrize("purpose", ["deletion", "made up"])
async def test_no_other_token_reactivates(purpose: str) -> None:
    world = World()
    user = await world.add_user()
    deletion = await requested(world, user)
    await world.deletion.confirm(user, deletion)

    with pytest.raises(TokenNotValid):
        await world.deletion.reactivate(deletion if purpose == "deletion" else "x")


@pytest.mark.attack("M1")
async def test_a_banned_account_is_not_reactivated() -> None:
    world = World()
    user = await world.add_user()
    await world.deletion.confirm(user, await requested(world, user))
    token = await reactivation(world)
    kept = await now_is(world, user)
    assert kept is not None
    await world.users.set_status(
        user.id,
        Status.BANNED,
        epoch=kept.epoch,
        purge_after=None,
        now=world.now,
        letter=None,
    )

    with pytest.raises(TokenNotValid):
        await world.deletion.reactivate(token)


async def test_an_account_without_a_grace_period_is_not_reactivated() -> None:
    world = World()
    await world.add_user(status=Status.DEACTIVATED)

    with pytest.raises(TokenNotValid):
        await world.deletion.reactivate(await reactivation(world))


async def test_an_account_that_is_gone_is_not_reactivated() -> None:
    world = World()
    user = await world.add_user(status=Status.DEACTIVATED, purge_after=world.now + DAY)
    token = await reactivation(world)
    await world.users.remove(user.id)

    with pytest.raises(TokenNotValid):
        await world.deletion.reactivate(token)


async def test_a_reactivation_that_a_change_overlaps_does_nothing_and_says_so() -> None:
    world = World()
    user = await world.add_user(status=Status.DEACTIVATED, purge_after=world.now + DAY)
    token = await reactivation(world)

    async def change() -> None:
        await change_password(world, user)

    world.steps.before("users.set_status", change)
    with pytest.raises(TokenNotValid):
        await world.deletion.reactivate(token)


async def test_an_interrupted_reactivation_is_completed_by_the_same_call() -> None:
    world = World()
    user = await world.add_user(status=Status.DEACTIVATED, purge_after=world.now + DAY)
    token = await reactivation(world)
    world.steps.after("users.set_status", crash)
    with pytest.raises(Crashed):
        await world.deletion.reactivate(token)

    world.advance(RESUME_AFTER)
    assert (await world.deletion.reactivate(token)).id == user.id

    with pytest.raises(TokenNotValid):
        await world.deletion.reactivate(token)
    assert world.kinds() == ["account_reactivated"]


async def test_a_deletion_does_not_tell_whether_a_password_is_right() -> None:
    world = World()
    user = await world.add_user()
    await world.deletion.confirm(user, await requested(world, user, HARD))

    for password in (PASSWORD, OTHER_PASSWORD):
        with pytest.raises(InvalidCredentials):
            await world.sign_in(ADDRESS, password)

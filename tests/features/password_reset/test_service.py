"""A mailed code becomes a token, the token a password."""

import asyncio
from dataclasses import replace

import pytest

from keywright.features.challenges.errors import (
    CodeInvalid,
    ProofInUse,
    TokenNotValid,
)
from keywright.features.challenges.types import RESUME_AFTER
from keywright.features.passwords.errors import InvalidCredentials, PasswordRefused
from keywright.features.sessions.errors import SessionEnded
from keywright.features.sign_in.types import SignedIn
from keywright.features.users.types import Status, User
from tests.features.password_reset.acts import (
    NOBODY,
    refusal,
    refused,
    start,
    token_for,
    verify,
)
from tests.features.steps import Crashed, crash
from tests.features.world import (
    DEVICE,
    OTHER_PASSWORD,
    World,
    other_code,
)
from tests.instants import DAY, MINUTE


async def test_a_mailed_code_and_its_token_set_a_password() -> None:
    world = World()
    user = await world.add_user()
    token = await token_for(world)

    await world.reset.complete(token, OTHER_PASSWORD)

    await world.sign_in(password=OTHER_PASSWORD)
    with pytest.raises(InvalidCredentials):
        await world.sign_in()
    assert world.kinds() == ["reset_code", "password_changed"]
    assert {mail.to for mail in map(world.writer.read, world.letters())} == {user.email}
    assert world.happened()[:2] == ["ResetRequested", "ResetCompleted"]


@pytest.mark.attack("M5")
async def test_a_reset_ends_every_session_and_lifts_the_lock() -> None:
    world = World()
    await world.add_user()
    signed_in = await world.sign_in()
    for _ in range(150):
        with pytest.raises(InvalidCredentials):
            await world.sign_in(password="not the password")

    await world.reset.complete(await token_for(world), OTHER_PASSWORD)

    with pytest.raises(SessionEnded):
        await world.principal(signed_in.credentials)
    await world.sign_in(password=OTHER_PASSWORD)


@pytest.mark.attack("E3")
async def test_for_an_unknown_address_a_decoy_is_written_and_nothing_passes() -> None:
    world = World()

    opened = await start(world, NOBODY)

    assert world.kinds() == []
    assert len(world.outbox.recorded()) == 1
    with pytest.raises(CodeInvalid):
        await verify(world, opened, opened.secret, email=NOBODY)


@pytest.mark.attack("M1")
@pytest.mark.parametrize("status", [Status.DEACTIVATED, Status.BANNED])
async def test_an_account_that_is_closed_gets_no_code(status: Status) -> None:
    world = World()
    await world.add_user(status=status, purge_after=world.now + DAY)

    opened = await start(world)

    assert world.kinds() == []
    assert await refusal(world, opened, opened.secret) == "code_invalid"


@pytest.mark.attack("M1")
async def test_an_account_that_was_closed_meanwhile_gets_no_password() -> None:
    world = World()
    user = await world.add_user()
    token = await token_for(world)
    await world.users.set_status(
        user.id,
        Status.BANNED,
        epoch=user.epoch,
        purge_after=None,
        now=world.now,
        letter=None,
    )

    await refused(world, token)


async def test_an_account_that_is_gone_gets_no_password() -> None:
    world = World()
    user = await world.add_user()
    token = await token_for(world)
    await world.users.remove(user.id)

    await refused(world, token)


@pytest.mark.attack("M3")
async def test_a_code_for_a_removed_account_is_nothing_to_the_newcomer() -> None:
    world = World()
    user = await world.add_user()
    opened = await start(world)
    code = world.code()
    await world.users.remove(user.id)
    await world.add_user()

    assert await refusal(world, opened, code) == "code_invalid"


@pytest.mark.attack("D9")
async def test_wrong_codes_are_counted() -> None:
    world = World()
    await world.add_user()
    opened = await start(world)
    for _ in range(5):
        await refusal(world, opened, other_code(opened.secret))

    assert await refusal(world, opened, opened.secret) == "code_invalid"


@pytest.mark.attack("D15")
async def test_a_code_does_not_reset_another_address() -> None:
    world = World()
    await world.add_user()
    await world.add_user(email="eve@example.com")
    opened = await start(world)

    with pytest.raises(CodeInvalid):
        await verify(world, opened, world.code(), email="eve@example.com")


@pytest.mark.attack("D8")
@pytest.mark.parametrize("token", ["", "x" * 64, "A" * 64])
async def test_a_stranger_without_a_token_changes_nothing(token: str) -> None:
    world = World()
    user = await world.add_user()
    await token_for(world)

    await refused(world, token)

    assert await world.users.by_id(user.id) == user


@pytest.mark.attack("D8")
async def test_a_strangers_own_token_changes_his_own_password_only() -> None:
    world = World()
    await world.add_user()
    await world.add_user(email="eve@example.com")
    opened = await start(world, "eve@example.com")
    token = await verify(world, opened, world.code(), email="eve@example.com")

    changed = await world.reset.complete(token.secret, OTHER_PASSWORD)

    assert changed.email == "eve@example.com"
    await world.sign_in()


@pytest.mark.attack("D4")
async def test_of_many_uses_of_one_code_one_gives_a_token() -> None:
    world = World()
    await world.add_user()
    opened = await start(world)
    code = world.code()

    async def use() -> bool:
        try:
            await verify(world, opened, code)
        except (CodeInvalid, ProofInUse):
            return False
        return True

    results = await asyncio.gather(*(use() for _ in range(50)))

    assert results.count(True) == 1


@pytest.mark.attack("D10")
async def test_of_two_passwords_at_once_one_is_set() -> None:
    world = World()
    await world.add_user()
    token = await token_for(world)

    async def complete(password: str) -> str | None:
        try:
            await world.reset.complete(token, password)
        except (TokenNotValid, ProofInUse):
            return None
        return password

    results = await asyncio.gather(complete("one of the two"), complete("other of two"))

    (winner,) = [password for password in results if password is not None]
    await world.sign_in(password=winner)


@pytest.mark.attack("D10")
async def test_a_token_works_once() -> None:
    world = World()
    await world.add_user()
    token = await token_for(world)
    await world.reset.complete(token, OTHER_PASSWORD)

    await refused(world, token)
    world.advance(RESUME_AFTER)
    await refused(world, token)


@pytest.mark.attack("D10")
async def test_a_token_dies_with_a_newer_one() -> None:
    world = World()
    await world.add_user()
    older = await token_for(world)
    world.advance(MINUTE)
    newer = await token_for(world)

    await refused(world, older)
    await world.reset.complete(newer, OTHER_PASSWORD)


@pytest.mark.attack("D10")
async def test_a_token_dies_with_a_change_of_the_password() -> None:
    world = World()
    user = await world.add_user()
    token = await token_for(world)
    await world.users.replace_password(
        user.id, "sealed", epoch=user.epoch, now=world.now, letter=None
    )

    await refused(world, token)


@pytest.mark.attack("M5")
async def test_a_code_dies_with_a_change_of_the_password() -> None:
    world = World()
    user = await world.add_user()
    opened = await start(world)
    code = world.code()
    await world.users.replace_password(
        user.id, "sealed", epoch=user.epoch, now=world.now, letter=None
    )

    assert await refusal(world, opened, code) == "code_invalid"


async def test_a_token_dies_with_its_lifetime() -> None:
    world = World()
    await world.add_user()
    token = await token_for(world)

    world.advance(10 * MINUTE)

    await refused(world, token)


@pytest.mark.attack("G6")
async def test_a_bad_password_is_refused_and_the_token_can_still_be_used() -> None:
    world = World()
    await world.add_user()
    token = await token_for(world)

    with pytest.raises(PasswordRefused) as error:
        await world.reset.complete(token, "Ada Lovelace")

    assert error.value.errors is not None
    assert set(error.value.errors) == {"newPassword"}
    await world.reset.complete(token, OTHER_PASSWORD)


@pytest.mark.parametrize("step", ["challenges.issue", "challenges.finish"])
async def test_a_crash_after_the_code_was_spent_costs_half_a_minute(step: str) -> None:
    world = World()
    await world.add_user()
    opened = await start(world)
    code = world.code()
    world.steps.before(step, crash)
    with pytest.raises(Crashed):
        await verify(world, opened, code)

    assert await refusal(world, opened, code) == "proof_in_use"
    world.advance(RESUME_AFTER)
    token = await verify(world, opened, code)

    await world.reset.complete(token.secret, OTHER_PASSWORD)


async def test_a_crash_before_the_password_was_set_costs_half_a_minute() -> None:
    world = World()
    await world.add_user()
    token = await token_for(world)
    world.steps.before("users.replace_password", crash)
    with pytest.raises(Crashed):
        await world.reset.complete(token, OTHER_PASSWORD)

    with pytest.raises(ProofInUse):
        await world.reset.complete(token, OTHER_PASSWORD)
    world.advance(RESUME_AFTER)
    await world.reset.complete(token, "another choice")

    await world.sign_in(password="another choice")


@pytest.mark.parametrize(
    "step", ["families.end_others", "failures.clear", "challenges.finish"]
)
async def test_a_crash_after_the_password_was_set_is_completed_by_the_same_call(
    step: str,
) -> None:
    world = World()
    await world.add_user()
    signed_in = await world.sign_in()
    token = await token_for(world)
    world.steps.before(step, crash)
    with pytest.raises(Crashed):
        await world.reset.complete(token, OTHER_PASSWORD)
    with pytest.raises(SessionEnded):
        await world.principal(signed_in.credentials)

    world.advance(RESUME_AFTER)
    await world.reset.complete(token, OTHER_PASSWORD)

    await refused(world, token)
    await world.sign_in(password=OTHER_PASSWORD)


@pytest.mark.attack("D10")
async def test_an_interrupted_reset_is_not_completed_with_another_password() -> None:
    world = World()
    await world.add_user()
    token = await token_for(world)
    world.steps.after("users.replace_password", crash)
    with pytest.raises(Crashed):
        await world.reset.complete(token, OTHER_PASSWORD)

    world.advance(RESUME_AFTER)
    await refused(world, token, "another choice")

    await world.sign_in(password=OTHER_PASSWORD)


async def test_a_reset_that_stalled_does_not_undo_what_was_done_meanwhile() -> None:
    world = World()
    await world.add_user()
    token = await token_for(world)

    async def another() -> None:
        world.advance(RESUME_AFTER)
        await world.reset.complete(token, "the later choice")

    world.steps.before("users.replace_password", another)
    await refused(world, token)

    await world.sign_in(password="the later choice")


async def test_an_interrupted_reset_of_a_user_who_is_gone_is_over() -> None:
    world = World()
    user = await world.add_user()
    token = await token_for(world)
    world.steps.before("users.replace_password", crash)
    with pytest.raises(Crashed):
        await world.reset.complete(token, OTHER_PASSWORD)
    await world.users.remove(user.id)

    world.advance(RESUME_AFTER)

    await refused(world, token)


async def unproved(world: World) -> SignedIn:
    """Add a user whose address nobody proved, with a session of whoever came first."""
    user = await world.add_user(is_email_verified=False)
    return await world.signing_in.finish(user, DEVICE, amr=("fed",), known_device=None)


@pytest.mark.attack("M6")
async def test_a_reset_proves_the_address_and_nothing_from_before_remains() -> None:
    world = World()
    before = await unproved(world)
    taken: list[User] = []

    async def take_away(user: User) -> None:
        taken.append(user)

    world.reset = replace(world.reset, on_proof=[take_away])
    await world.reset.complete(await token_for(world), OTHER_PASSWORD)

    signed_in = await world.sign_in(password=OTHER_PASSWORD)
    assert signed_in.user.is_email_verified
    with pytest.raises(SessionEnded):
        await world.principal(before.credentials)
    with pytest.raises(InvalidCredentials):
        await world.sign_in()
    assert {user.id for user in taken} == {before.user.id}


@pytest.mark.attack("M6")
@pytest.mark.parametrize("moment", ["before", "after"])
async def test_what_is_added_while_the_address_is_proved_goes_too(moment: str) -> None:
    world = World()
    await unproved(world)
    added: list[str] = []

    async def add() -> None:
        added.append("an identity")

    async def take_away(_: User) -> None:
        added.clear()

    getattr(world.steps, moment)("users.replace_password", add)
    world.reset = replace(world.reset, on_proof=[take_away])
    await world.reset.complete(await token_for(world), OTHER_PASSWORD)

    assert added == []


@pytest.mark.attack("M6")
async def test_a_proof_that_was_interrupted_leaves_nothing_from_before() -> None:
    world = World()
    await unproved(world)
    taken: list[User] = []

    async def take_away(user: User) -> None:
        taken.append(user)

    world.reset = replace(world.reset, on_proof=[take_away])
    token = await token_for(world)
    world.steps.after("users.replace_password", crash)
    with pytest.raises(Crashed):
        await world.reset.complete(token, OTHER_PASSWORD)
    taken.clear()

    world.advance(RESUME_AFTER)
    await world.reset.complete(token, OTHER_PASSWORD)

    assert taken


async def test_who_had_proved_the_address_keeps_everything_else() -> None:
    world = World()
    await world.add_user()

    async def take_away(_: User) -> None:
        pytest.fail("taken away")

    world.reset = replace(world.reset, on_proof=[take_away])
    await world.reset.complete(await token_for(world), OTHER_PASSWORD)

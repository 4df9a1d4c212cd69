"""Signing in by a mailed code, over the memory twins."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from keywright.features.challenges.errors import CodeInvalid
from keywright.features.challenges.service import Opened
from keywright.features.code_sign_in.service import CodeSignIn
from keywright.features.passwords.errors import InvalidCredentials
from keywright.features.rate_limits.errors import RateLimited
from keywright.features.sessions.errors import SessionEnded
from keywright.features.sign_in.types import SignedIn
from keywright.features.users.errors import AccountBanned
from keywright.features.users.types import Status, User
from tests.features.world import ADDRESS, CLIENT, DEVICE, World, other_code
from tests.instants import MINUTE

NOBODY = "nobody@example.com"


def codes(world: World) -> CodeSignIn:
    """Return the service in *world*."""
    return CodeSignIn(
        users=world.users,
        flows=world.flows,
        devices=world.devices,
        limits=world.limits,
        letters=world.writer,
        door=world.signing_in,
        publish=world.publish,
        now=world.clock,
    )


async def start(
    world: World, email: str = ADDRESS, *, amr: Sequence[str] = ()
) -> Opened:
    """Ask for a code."""
    return await codes(world).start(email, client=CLIENT, device_cookie=None, amr=amr)


async def complete(
    world: World,
    opened: Opened,
    code: str,
    *,
    email: str = ADDRESS,
    service: CodeSignIn | None = None,
) -> SignedIn:
    """Show *code*."""
    return await (service or codes(world)).complete(
        email=email,
        code=code,
        flow_id=opened.flow_id,
        device=DEVICE,
        device_cookie=None,
    )


@pytest.fixture
def world() -> World:
    return World()


async def test_a_code_opens_a_session(world: World) -> None:
    owner = await world.add_user(password=None)
    opened = await start(world)

    signed_in = await complete(world, opened, world.code())

    principal = await world.principal(signed_in.credentials)
    assert (principal.user.id, principal.amr) == (owner.id, ("otp",))
    assert world.kinds() == ["sign_in_code"]
    assert "SignInCodeRequested" in world.happened()


async def test_after_a_password_both_factors_are_told(world: World) -> None:
    await world.add_user()
    opened = await start(world, amr=("pwd",))

    signed_in = await complete(world, opened, world.code())

    principal = await world.principal(signed_in.credentials)
    assert principal.amr == ("pwd", "otp")


async def test_a_code_works_once(world: World) -> None:
    await world.add_user()
    opened = await start(world)
    code = world.code()
    await complete(world, opened, code)

    with pytest.raises(CodeInvalid):
        await complete(world, opened, code)


async def test_a_wrong_code_opens_nothing(world: World) -> None:
    await world.add_user()
    opened = await start(world)

    with pytest.raises(CodeInvalid):
        await complete(world, opened, other_code(world.code()))


async def test_a_code_passes_for_its_own_address_only(world: World) -> None:
    await world.add_user()
    await world.add_user(email="grace@example.com")
    opened = await start(world)

    with pytest.raises(CodeInvalid):
        await complete(world, opened, world.code(), email="grace@example.com")


async def test_an_unknown_address_gets_a_flow_that_never_passes(world: World) -> None:
    opened = await start(world, NOBODY)

    assert world.letters() == []
    assert opened.challenge.subject is None
    with pytest.raises(CodeInvalid):
        await complete(world, opened, opened.secret, email=NOBODY)


async def test_a_flow_of_an_address_without_a_user_is_worth_nothing_later(
    world: World,
) -> None:
    opened = await start(world, NOBODY)
    await world.add_user(email=NOBODY)

    with pytest.raises(CodeInvalid):
        await complete(world, opened, opened.secret, email=NOBODY)


async def test_a_code_from_before_a_change_of_the_password_is_worth_nothing(
    world: World,
) -> None:
    owner = await world.add_user()
    opened = await start(world)
    code = world.code()
    await world.users.replace_password(
        owner.id, "x", epoch=owner.epoch, now=world.now, letter=None
    )

    with pytest.raises(CodeInvalid):
        await complete(world, opened, code)


async def test_the_users_state_is_told_after_the_right_code_only(world: World) -> None:
    await world.add_user(status=Status.BANNED)
    opened = await start(world)
    code = world.code()
    with pytest.raises(CodeInvalid):
        await complete(world, opened, other_code(code))

    with pytest.raises(AccountBanned):
        await complete(world, opened, code)
    world.advance(MINUTE)
    with pytest.raises(CodeInvalid):
        await complete(world, opened, code)


async def test_mails_are_counted(world: World) -> None:
    await world.add_user()
    await start(world)

    with pytest.raises(RateLimited):
        await start(world)


@pytest.mark.attack("M6")
async def test_a_code_proves_the_address_and_nothing_from_before_remains(
    world: World,
) -> None:
    user = await world.add_user(is_email_verified=False)
    before = await world.signing_in.finish(
        user, DEVICE, amr=("fed",), known_device=None
    )
    opened = await start(world)
    taken: list[str] = []

    async def take_away(_: User) -> None:
        taken.append(world.steps.taken[-1])

    service = replace(codes(world), on_proof=[take_away])
    signed_in = await complete(world, opened, world.code(), service=service)

    principal = await world.principal(signed_in.credentials)
    assert principal.user.is_email_verified
    assert signed_in.user.is_email_verified
    with pytest.raises(SessionEnded):
        await world.principal(before.credentials)
    with pytest.raises(InvalidCredentials):
        await world.sign_in()
    assert taken[0] != "users.replace_password"
    assert taken[1:] == ["users.replace_password"]


async def test_a_password_that_was_shown_with_the_code_stays(world: World) -> None:
    await world.add_user(is_email_verified=False)
    opened = await start(world, amr=("pwd",))

    await complete(world, opened, world.code())

    assert (await world.sign_in()).user.is_email_verified


async def test_of_two_that_change_an_unproved_user_the_code_loses(
    world: World,
) -> None:
    user = await world.add_user(is_email_verified=False)
    opened = await start(world)
    code = world.code()

    async def another() -> None:
        await world.users.replace_password(
            user.id, "x", epoch=user.epoch, now=world.now, letter=None
        )

    world.steps.before("users.replace_password", another)
    with pytest.raises(CodeInvalid):
        await complete(world, opened, code)


async def test_the_address_of_a_closed_account_is_not_proved(world: World) -> None:
    user = await world.add_user(status=Status.BANNED, is_email_verified=False)
    opened = await start(world)

    with pytest.raises(AccountBanned):
        await complete(world, opened, world.code())

    assert await world.users.by_id(user.id) == user

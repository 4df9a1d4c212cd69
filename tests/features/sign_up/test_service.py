"""Nothing is a user before the address is proved."""

import asyncio
from dataclasses import replace

import pytest

from keywright.features.challenges.errors import CodeInvalid, ProofInUse, TooSoon
from keywright.features.challenges.service import FlowRules, Opened
from keywright.features.challenges.types import RESUME_AFTER
from keywright.features.passwords.errors import PasswordRefused
from keywright.features.passwords.service import Passwords
from keywright.features.rate_limits.errors import RateLimited
from keywright.features.users.errors import SignUpClosed
from keywright.features.users.types import User
from keywright.shared.vault import Vault
from tests.features.steps import Crashed, crash
from tests.features.world import (
    ADDRESS,
    CLIENT,
    HASHES,
    OTHER_PASSWORD,
    PASSWORD,
    SECRET,
    World,
    other_code,
)
from tests.instants import HOUR, MINUTE, SECOND


async def start(
    world: World,
    email: str = ADDRESS,
    *,
    password: str = PASSWORD,
    client: str = CLIENT,
) -> Opened:
    """Ask for an account."""
    return await world.sign_up.start(
        name="Ada Lovelace", email=email, password=password, client=client
    )


async def verify(
    world: World, opened: Opened, code: str | None = None, *, email: str = ADDRESS
) -> User:
    """Prove the address by *code*, or by the one in the newest mail."""
    return await world.sign_up.verify(
        email=email,
        code=code if code is not None else world.code(),
        flow_id=opened.flow_id,
    )


async def refused(world: World, opened: Opened, code: str) -> str:
    """Return the code of the refusal of *code*."""
    with pytest.raises((CodeInvalid, ProofInUse)) as error:
        await verify(world, opened, code)
    return error.value.code


async def test_a_proved_address_becomes_a_user() -> None:
    world = World()
    opened = await start(world)
    assert await world.users.by_email(ADDRESS) is None

    user = await verify(world, opened)

    assert await world.users.by_email(ADDRESS) == user
    assert (user.name, user.role, user.epoch) == ("Ada Lovelace", "user", 0)
    assert user.is_email_verified
    assert (await world.sign_in()).user.id == user.id
    assert world.happened()[:2] == ["SignUpStarted", "SignUpCompleted"]


async def test_who_signs_up_while_the_secret_changes_needs_the_new_one_alone() -> None:
    world = World()
    opened = await start(world)
    new = bytes(32)
    rotated = Passwords(HASHES, Vault([new, *SECRET.keys("vault")]), rules=())

    sign_up = replace(world.sign_up, passwords=rotated)
    user = await sign_up.verify(
        email=ADDRESS, code=world.code(), flow_id=opened.flow_id
    )

    assert await Passwords(HASHES, Vault([new]), rules=()).matches(PASSWORD, user)


@pytest.mark.attack("E2")
async def test_the_owner_of_a_known_address_is_told_and_nothing_else_happens() -> None:
    world = World()
    owner = await world.add_user()

    opened = await start(world, password=OTHER_PASSWORD)

    assert world.kinds() == ["sign_up_known"]
    assert world.mail().to == ADDRESS
    assert opened.secret not in world.mail().text
    assert await refused(world, opened, opened.secret) == "code_invalid"
    assert await world.users.by_email(ADDRESS) == owner


@pytest.mark.attack("E2")
async def test_a_flow_for_a_known_address_looks_like_any_other() -> None:
    world = World()
    await world.add_user(email="known@example.com")

    known = await start(world, "known@example.com")
    unknown = await start(world, "unknown@example.com")

    for name in ("expires_at", "resend_at", "max_attempts", "attempts"):
        assert getattr(known.challenge, name) == getattr(unknown.challenge, name)
    assert len(known.flow_id) == len(unknown.flow_id)


async def test_a_bad_password_is_refused_before_anything_happens() -> None:
    world = World()

    with pytest.raises(PasswordRefused) as error:
        await start(world, password="Ada Lovelace")

    assert error.value.errors is not None
    assert set(error.value.errors) == {"password"}
    assert world.steps.taken == []


async def test_a_wrong_code_makes_no_user() -> None:
    world = World()
    opened = await start(world)

    assert await refused(world, opened, other_code(opened.secret)) == "code_invalid"
    assert await world.users.by_email(ADDRESS) is None


@pytest.mark.attack("D15")
async def test_a_code_does_not_prove_another_address() -> None:
    world = World()
    opened = await start(world)

    with pytest.raises(CodeInvalid):
        await verify(world, opened, email="eve@example.com")


@pytest.mark.attack("D4")
async def test_of_many_uses_of_one_code_one_makes_the_user() -> None:
    world = World()
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


async def test_of_two_flows_for_one_address_the_first_proved_makes_the_user() -> None:
    world = World()
    mine = await start(world)
    code = world.code()
    theirs = await start(world, password=OTHER_PASSWORD, client="192.0.2.8")
    their_code = world.code()

    user = await verify(world, mine, code)

    assert await refused(world, theirs, their_code) == "code_invalid"
    assert await world.users.by_email(ADDRESS) == user
    await world.sign_in()


@pytest.mark.parametrize(
    "step",
    ["users.add", "challenges.finish"],
)
async def test_a_crash_after_the_code_was_spent_costs_half_a_minute(step: str) -> None:
    world = World()
    opened = await start(world)
    code = world.code()
    world.steps.before(step, crash)
    with pytest.raises(Crashed):
        await verify(world, opened, code)

    assert await refused(world, opened, code) == "proof_in_use"
    world.advance(RESUME_AFTER)
    user = await verify(world, opened, code)

    assert await world.users.by_email(ADDRESS) == user
    assert await refused(world, opened, code) == "code_invalid"


async def test_a_request_that_stalled_while_another_finished_makes_no_second_user() -> (
    None
):
    world = World()
    opened = await start(world)
    code = world.code()
    made: list[User] = []

    async def another() -> None:
        world.advance(RESUME_AFTER)
        made.append(await verify(world, opened, code))

    world.steps.before("users.add", another)
    user = await verify(world, opened, code)

    assert [user] == made


async def test_a_new_code_is_mailed_after_the_cooldown() -> None:
    world = World()
    opened = await start(world)
    world.advance(MINUTE)

    again = await world.sign_up.resend(opened.flow_id)

    assert again.flow_id == opened.flow_id
    assert world.kinds() == ["sign_up_code", "sign_up_code"]
    assert world.code() == again.secret
    await verify(world, again)


@pytest.mark.attack("D16")
async def test_too_early_a_resend_is_refused_and_uses_up_nothing() -> None:
    world = World()
    opened = await start(world)
    world.steps.forget()

    for _ in range(100):
        with pytest.raises(TooSoon):
            await world.sign_up.resend(opened.flow_id)

    assert set(world.steps.taken) == {"challenges.by_id"}


async def test_a_resend_for_a_known_address_tells_its_owner_again() -> None:
    world = World()
    await world.add_user()
    opened = await start(world)
    world.advance(MINUTE)

    await world.sign_up.resend(opened.flow_id)

    assert world.kinds() == ["sign_up_known", "sign_up_known"]


async def test_a_flow_that_does_not_exist_is_not_sent_anything() -> None:
    with pytest.raises(CodeInvalid):
        await World().sign_up.resend("A" * 22)


@pytest.mark.attack("D16")
async def test_a_client_is_sent_one_mail_a_minute_and_five_an_hour() -> None:
    world = World(rules=FlowRules(cooldown=MINUTE))
    await start(world)
    with pytest.raises(RateLimited) as early:
        await start(world)
    assert early.value.retry_after == MINUTE

    for _ in range(4):
        world.advance(MINUTE)
        await start(world)
    world.advance(MINUTE)
    with pytest.raises(RateLimited):
        await start(world)

    assert world.kinds() == ["sign_up_code"] * 5


@pytest.mark.attack("D16")
async def test_resends_count_as_mails_of_whoever_opened_the_flow() -> None:
    world = World()
    opened = await start(world)
    for _ in range(4):
        world.advance(MINUTE)
        opened = await world.sign_up.resend(opened.flow_id)

    world.advance(MINUTE)

    with pytest.raises(RateLimited):
        await world.sign_up.resend(opened.flow_id)


@pytest.mark.attack("L3")
async def test_an_address_is_sent_twenty_mails_an_hour_whoever_asks() -> None:
    world = World()
    for number in range(20):
        await start(world, client=f"192.0.2.{number}")

    with pytest.raises(RateLimited):
        await start(world, client="198.51.100.1")
    world.advance(HOUR / 20)
    await start(world, client="198.51.100.2")


@pytest.mark.attack("F4")
async def test_all_addresses_of_one_ipv6_network_are_one_client() -> None:
    world = World()
    await start(world, client="2001:db8::1")

    with pytest.raises(RateLimited):
        await start(world, client="2001:db8::2")


@pytest.mark.attack("D3")
async def test_over_all_flows_25_guesses_are_at_short_codes() -> None:
    world = World()
    opened = [await start(world, client=f"192.0.2.{number}") for number in range(7)]

    assert [len(one.secret) for one in opened] == [6, 6, 6, 6, 6, 12, 12]


@pytest.mark.attack("D3")
async def test_a_code_that_is_sent_again_counts_as_well() -> None:
    world = World()
    for number in range(5):
        opened = await start(world, client=f"192.0.2.{number}")
    world.advance(MINUTE)

    assert len((await world.sign_up.resend(opened.flow_id)).secret) == 12


@pytest.mark.attack("F9")
async def test_no_stranger_keeps_an_address_from_signing_up() -> None:
    world = World()
    for number in range(7):
        opened = await start(world, client=f"192.0.2.{number}")
        for _ in range(5):
            await refused(world, opened, other_code(opened.secret))

    mine = await start(world, client="198.51.100.1")

    user = await world.sign_up.verify(
        email=ADDRESS, code=mine.secret, flow_id=mine.flow_id
    )
    assert user.email == ADDRESS


@pytest.mark.attack("D16")
async def test_who_names_no_flow_does_not_use_up_the_tries_of_an_address() -> None:
    world = World()
    mine = await start(world)
    code = world.code()
    stranger = await start(world, "eve@example.com", client="198.51.100.1")
    for flow_id in ("A" * 22, stranger.flow_id) * 50:
        with pytest.raises(CodeInvalid):
            await world.sign_up.verify(email=ADDRESS, code="000000", flow_id=flow_id)

    world.advance(SECOND)

    assert (await verify(world, mine, code)).email == ADDRESS


@pytest.mark.attack("C18")
async def test_while_sign_up_is_closed_nobody_begins_one() -> None:
    world = World()
    world.sign_up = replace(world.sign_up, is_open=False)

    with pytest.raises(SignUpClosed):
        await start(world)

    assert world.kinds() == []


@pytest.mark.attack("C18")
async def test_while_sign_up_is_closed_nobody_completes_one() -> None:
    world = World()
    opened = await start(world)
    world.sign_up = replace(world.sign_up, is_open=False)

    with pytest.raises(SignUpClosed):
        await verify(world, opened)

    assert await world.users.by_email(ADDRESS) is None


@pytest.mark.attack("C18")
@pytest.mark.parametrize("known", [True, False])
async def test_while_sign_up_is_closed_nobody_prolongs_one(known: bool) -> None:
    world = World()
    if known:
        await world.add_user()
    opened = await start(world)
    world.sign_up = replace(world.sign_up, is_open=False)
    mailed = world.kinds()
    world.advance(2 * MINUTE)

    with pytest.raises(SignUpClosed):
        await world.sign_up.resend(opened.flow_id)

    assert world.kinds() == mailed


async def test_a_closed_sign_up_leaves_other_flows_to_others() -> None:
    world = World()
    sign_up = replace(world.sign_up, is_open=False)

    with pytest.raises(CodeInvalid):
        await sign_up.resend("A" * 22)

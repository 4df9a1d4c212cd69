"""How often codes are mailed and tried, and by whom."""

import pytest

from keywright.features.challenges.errors import (
    CodeInvalid,
    TooSoon,
)
from keywright.features.rate_limits.errors import RateLimited
from tests.features.password_reset.acts import NOBODY, refusal, start, verify
from tests.features.world import (
    ADDRESS,
    World,
    other_code,
)
from tests.instants import HOUR, MILLISECOND, MINUTE


async def test_a_new_code_is_mailed_after_the_cooldown() -> None:
    world = World()
    await world.add_user()
    opened = await start(world)
    with pytest.raises(TooSoon):
        await world.reset.resend(opened.flow_id)
    world.advance(MINUTE)

    again = await world.reset.resend(opened.flow_id)

    assert world.code() == again.secret
    await verify(world, again, again.secret)


async def test_a_resend_for_an_unknown_address_writes_a_decoy() -> None:
    world = World()
    opened = await start(world, NOBODY)
    world.advance(MINUTE)

    await world.reset.resend(opened.flow_id)

    assert world.kinds() == []
    assert len(world.outbox.recorded()) == 2


async def test_a_flow_that_does_not_exist_is_not_sent_anything() -> None:
    with pytest.raises(CodeInvalid):
        await World().reset.resend("A" * 22)


@pytest.mark.attack("D16")
@pytest.mark.parametrize("email", [ADDRESS, NOBODY])
async def test_a_client_is_sent_one_mail_a_minute_and_five_an_hour(email: str) -> None:
    world = World()
    await world.add_user()
    for _ in range(5):
        await start(world, email)
        with pytest.raises(RateLimited):
            await start(world, email)
        world.advance(MINUTE)

    with pytest.raises(RateLimited) as refused:
        await start(world, email)

    assert refused.value.retry_after is not None
    world.advance(refused.value.retry_after)
    await start(world, email)


@pytest.mark.attack("D16")
async def test_what_strangers_ask_for_does_not_use_up_what_the_owner_may() -> None:
    world = World()
    await world.add_user()
    cookie = (await world.sign_in()).device_cookie
    for number in range(20):
        await start(world, client=f"192.0.2.{number}")
    with pytest.raises(RateLimited):
        await start(world, client="198.51.100.1")

    opened = await start(world, cookie=cookie)

    world.advance(MINUTE)
    await world.reset.resend(opened.flow_id)


@pytest.mark.attack("D16")
async def test_codes_tried_by_strangers_do_not_use_up_the_owners() -> None:
    world = World()
    await world.add_user()
    cookie = (await world.sign_in()).device_cookie
    for number in range(5):
        opened = await start(world, client=f"192.0.2.{number}")
        for _ in range(5):
            await refusal(world, opened, other_code(opened.secret))

    mine = await start(world, cookie=cookie)
    code = world.code()

    assert await refusal(world, mine, code) == "code_invalid"
    await verify(world, mine, code, cookie=cookie)


@pytest.mark.attack("D16")
async def test_who_names_no_flow_does_not_use_up_the_tries_of_an_address() -> None:
    world = World()
    await world.add_user()
    mine = await start(world)
    code = world.code()
    other = await start(world, NOBODY, client="198.51.100.1")
    for flow_id in ("A" * 22, other.flow_id) * 50:
        with pytest.raises(CodeInvalid):
            await world.reset.verify(
                email=ADDRESS, code="000000", flow_id=flow_id, device_cookie=None
            )

    await verify(world, mine, code)


@pytest.mark.attack("D3")
async def test_the_tries_of_an_address_come_back_with_time() -> None:
    world = World()
    await world.add_user()
    for number in range(6):
        opened = await start(world, client=f"192.0.2.{number}")
        for _ in range(5):
            await refusal(world, opened, other_code(opened.secret))

    opened = await start(world)
    assert await refusal(world, opened, opened.secret) == "code_invalid"

    world.advance(HOUR - MILLISECOND)
    opened = await start(world, client="198.51.100.1")
    await verify(world, opened, opened.secret)

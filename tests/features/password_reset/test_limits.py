"""How often codes are mailed and tried, and by whom."""

from contextlib import suppress

import pytest

from keywright.features.challenges.errors import (
    CodeInvalid,
    TooSoon,
)
from keywright.features.rate_limits.errors import RateLimited
from tests.features.password_reset.acts import (
    NOBODY,
    refusal,
    start,
    token_for,
    verify,
)
from tests.features.world import (
    ADDRESS,
    OTHER_PASSWORD,
    World,
    other_code,
)
from tests.instants import DAY, MILLISECOND, MINUTE


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
@pytest.mark.attack("F9")
async def test_no_tries_of_strangers_use_up_those_of_an_open_code() -> None:
    world = World()
    await world.add_user()
    mine = await start(world)
    code = world.code()
    for number in range(12):
        opened = await start(world, client=f"198.51.100.{number}")
        for _ in range(5):
            await refusal(world, opened, other_code(opened.secret))

    await verify(world, mine, code)


@pytest.mark.attack("F9")
async def test_after_all_tries_of_strangers_the_owner_still_gets_a_code() -> None:
    world = World()
    await world.add_user()
    for number in range(12):
        opened = await start(world, client=f"198.51.100.{number}")
        for _ in range(5):
            await refusal(world, opened, other_code(opened.secret))

    mine = await start(world)

    await verify(world, mine, mine.secret)


@pytest.mark.attack("D3")
@pytest.mark.parametrize("email", [ADDRESS, NOBODY])
async def test_an_address_is_sent_five_short_codes_then_long_ones(
    email: str,
) -> None:
    world = World()
    await world.add_user()

    opened = [
        await start(world, email, client=f"198.51.100.{number}") for number in range(7)
    ]

    assert [len(one.secret) for one in opened] == [6, 6, 6, 6, 6, 12, 12]


@pytest.mark.attack("D3")
async def test_codes_sent_again_count_as_well() -> None:
    world = World()
    await world.add_user()
    opened = await start(world)
    lengths = []
    for number in range(6):
        world.advance(MINUTE)
        client = f"198.51.100.{number}"
        opened = await start(world, client=client)
        world.advance(MINUTE)
        again = await world.reset.resend(opened.flow_id)
        lengths += [len(opened.secret), len(again.secret)]

    assert lengths == 4 * [6] + 8 * [12]


@pytest.mark.attack("D3")
async def test_what_strangers_ask_for_makes_no_code_of_the_owners_device_long() -> None:
    world = World()
    await world.add_user()
    cookie = (await world.sign_in()).device_cookie
    for number in range(7):
        await start(world, client=f"198.51.100.{number}")

    assert len((await start(world, cookie=cookie)).secret) == 6


@pytest.mark.attack("D5")
@pytest.mark.attack("F9")
async def test_a_code_that_a_stranger_asks_for_replaces_nobody_elses() -> None:
    world = World()
    await world.add_user()
    cookie = (await world.sign_in()).device_cookie
    known = await start(world, cookie=cookie)
    unknown = await start(world, client="192.0.2.9")
    strangers = await start(world, client="198.51.100.1")

    for mine in (unknown, known, strangers):
        await verify(world, mine, mine.secret)


@pytest.mark.attack("D5")
async def test_a_code_replaces_the_one_that_the_same_device_asked_for() -> None:
    world = World()
    await world.add_user()
    cookie = (await world.sign_in()).device_cookie
    older = await start(world, cookie=cookie)
    world.advance(MINUTE)
    await start(world, cookie=cookie, client="192.0.2.9")

    assert await refusal(world, older, older.secret) == "code_invalid"


@pytest.mark.attack("D5")
async def test_a_new_password_makes_every_open_code_worthless() -> None:
    world = World()
    await world.add_user()
    other = await start(world, client="198.51.100.1")
    token = await token_for(world)
    await world.reset.complete(token, OTHER_PASSWORD)

    assert await refusal(world, other, other.secret) == "code_invalid"


@pytest.mark.attack("D16")
async def test_who_names_no_flow_does_not_use_up_the_tries_of_an_address() -> None:
    world = World()
    await world.add_user()
    mine = await start(world)
    code = world.code()
    other = await start(world, NOBODY, client="198.51.100.1")
    for flow_id in ("A" * 22, other.flow_id) * 50:
        with pytest.raises(CodeInvalid):
            await world.reset.verify(email=ADDRESS, code="000000", flow_id=flow_id)

    await verify(world, mine, code)


@pytest.mark.attack("D3")
async def test_short_codes_come_back_with_time() -> None:
    world = World()
    await world.add_user()
    for number in range(5):
        await start(world, client=f"198.51.100.{number}")

    world.advance(DAY - MILLISECOND)
    assert len((await start(world)).secret) == 12
    world.advance(MILLISECOND + MINUTE)
    assert len((await start(world)).secret) == 6


@pytest.mark.attack("D16")
@pytest.mark.attack("F4")
async def test_one_ipv6_customer_does_not_use_up_what_an_address_is_sent() -> None:
    world = World()
    await world.add_user()
    sent = 0
    for number in range(120):
        with suppress(RateLimited):
            await start(world, client=f"2001:db8:77:{number:x}::1")
            sent += 1
        world.advance(MINUTE)

        assert sent <= 10 + number / 6
    mine = await start(world, client="2001:db8:78::1")

    await verify(world, mine, mine.secret)

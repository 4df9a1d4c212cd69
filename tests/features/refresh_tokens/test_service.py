"""Refresh tokens: opened by the door, rotated, retried, ended."""

import asyncio
from dataclasses import replace

import pytest

from keywright.features.refresh_tokens.errors import (
    RefreshContested,
    RefreshReused,
)
from keywright.features.refresh_tokens.types import Presented
from keywright.features.sessions.errors import SessionEnded
from keywright.features.sessions.types import Credentials
from keywright.features.users.types import Status
from keywright.shared.rotating_tokens import RotatingTokens
from keywright.shared.secrets import digest, new_id
from tests.features.refresh_tokens.opened import (
    STRICT,
    WINDOW,
    session,
    token_of,
)
from tests.features.sessions.builders import device
from tests.features.steps import Crashed, crash
from tests.features.world import DEVICE, SECRET, World
from tests.instants import DAY, MILLISECOND, MINUTE, SECOND


@pytest.mark.attack("B1")
async def test_each_token_gives_the_next_in_the_same_session() -> None:
    one = await session()
    token = one.first
    for _ in range(3):
        one.world.advance(MINUTE)
        renewed = await one.refresh(token)
        assert renewed.session_id == one.opened.session_id
        assert token_of(renewed) != token
        principal = await one.world.principal(renewed)
        assert (principal.amr, principal.auth_time) == (
            ("pwd",),
            one.world.tokens.read(one.first, now=None).issued_at,
        )
        token = token_of(renewed)


@pytest.mark.attack("B4")
async def test_inside_the_window_the_predecessor_gets_the_same_successor() -> None:
    one = await session()
    renewed = await one.refresh(one.first)
    one.world.steps.forget()

    one.world.advance(WINDOW)
    again = await one.refresh(one.first)

    assert again.refresh == renewed.refresh
    assert one.world.steps.taken == ["families.by_id"]
    await one.world.principal(again)


@pytest.mark.attack("B2")
async def test_after_the_window_the_predecessor_ends_the_session_and_tells() -> None:
    one = await session()
    renewed = await one.refresh(one.first)
    other = await one.world.refresh.open(one.user, DEVICE, amr=("pwd",))
    one.world.advance(WINDOW + MILLISECOND)

    assert await one.refused(one.first) == "refresh_reused"

    assert await one.refused(token_of(renewed)) == "session_ended"
    assert not await one.is_alive()
    await one.world.principal(other)
    assert one.world.kinds() == ["refresh_reused"]
    assert one.world.happened().count("RefreshReuseDetected") == 1


@pytest.mark.attack("B2")
async def test_a_token_two_behind_is_reuse_even_inside_the_window() -> None:
    one = await session()
    second = await one.refresh(one.first)
    await one.refresh(token_of(second))

    assert await one.refused(one.first) == "refresh_reused"


@pytest.mark.attack("B3")
async def test_of_many_refreshes_at_once_all_get_the_same_successor() -> None:
    one = await session()

    renewed = await asyncio.gather(*(one.refresh(one.first) for _ in range(64)))

    assert len({token_of(each) for each in renewed}) == 1
    assert one.world.happened().count("RefreshRotated") == 1
    assert await one.is_alive()


@pytest.mark.attack("B3")
async def test_without_a_window_one_wins_and_the_others_count_as_reuse() -> None:
    one = await session(STRICT)

    async def refresh() -> str:
        try:
            return token_of(await one.refresh(one.first))
        except (RefreshReused, SessionEnded) as error:
            return error.code

    results = await asyncio.gather(*(refresh() for _ in range(64)))

    refused = {"refresh_reused", "session_ended"}
    assert len([each for each in results if each not in refused]) == 1
    assert not await one.is_alive()
    assert one.world.kinds() == ["refresh_reused"]


@pytest.mark.attack("B3")
async def test_the_loser_of_a_race_gets_what_the_winner_got() -> None:
    one = await session()
    won: list[Credentials] = []

    async def win() -> None:
        won.append(await one.refresh(one.first))

    one.world.steps.before("families.rotate", win)
    lost = await one.refresh(one.first)

    assert lost.refresh == won[0].refresh


async def test_a_row_that_keeps_changing_is_given_up() -> None:
    one = await session()
    family_id, user_id = one.opened.session_id, one.user.id

    async def change() -> None:
        found = await one.world.families.by_id(family_id, user_id)
        assert found is not None
        ended = replace(found[0], current_digest=bytes(32))
        listed = await one.world.families.of_user(user_id, epoch=0, now=one.world.now)
        await one.world.families.add(ended, listed[0])

    async def change_back() -> None:
        found = await one.world.families.by_id(family_id, user_id)
        assert found is not None
        jti = one.world.tokens.read(one.first, now=None).jti
        listed = await one.world.families.of_user(user_id, epoch=0, now=one.world.now)
        back = replace(found[0], current_digest=digest(jti))
        await one.world.families.add(back, listed[0])

    for _ in range(3):
        one.world.steps.before("families.rotate", change)
        one.world.steps.after("families.rotate", change_back)

    with pytest.raises(RefreshContested):
        await one.refresh(one.first)


@pytest.mark.attack("B1")
async def test_no_session_outlives_its_absolute_lifetime() -> None:
    one = await session()
    token = one.first
    for _ in range(29):
        one.world.advance(DAY)
        token = token_of(await one.refresh(token))

    one.world.advance(DAY - SECOND)
    renewed = await one.refresh(token)
    assert renewed.refresh_lifetime == SECOND
    one.world.advance(SECOND)

    assert await one.refused(token_of(renewed)) == "session_ended"


@pytest.mark.attack("B8")
async def test_a_session_that_is_idle_for_a_week_is_over_to_the_instant() -> None:
    one = await session()
    twin = await session()

    one.world.advance(7 * DAY - MILLISECOND)
    await one.refresh(one.first)
    twin.world.advance(7 * DAY)

    assert await twin.refused(twin.first) == "session_ended"


@pytest.mark.attack("B8")
async def test_long_after_its_end_a_token_is_not_even_read() -> None:
    one = await session()
    one.world.advance(7 * DAY + MINUTE)

    assert await one.refused(one.first) == "refresh_invalid"


@pytest.mark.attack("M1")
@pytest.mark.parametrize("status", [Status.BANNED, Status.DEACTIVATED])
async def test_a_closed_account_is_refreshed_no_more(status: Status) -> None:
    one = await session()
    await one.world.users.set_status(
        one.user.id,
        status,
        epoch=one.user.epoch,
        purge_after=one.world.now + DAY,
        now=one.world.now,
        letter=None,
    )

    assert await one.refused(one.first) == "session_ended"
    assert not await one.is_alive()


async def test_a_new_password_ends_the_family() -> None:
    one = await session()
    await one.world.users.replace_password(
        one.user.id, "sealed", epoch=0, now=one.world.now, letter=None
    )

    assert await one.refused(one.first) == "session_ended"
    assert not await one.is_alive()


async def test_a_user_who_is_gone_is_refreshed_no_more() -> None:
    one = await session()
    await one.world.users.remove(one.user.id)

    assert await one.refused(one.first) == "session_ended"
    assert not await one.is_alive()


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "é"])
async def test_what_is_no_token_changes_nothing(token: str) -> None:
    one = await session()
    one.world.steps.forget()

    assert await one.refused(token) == "refresh_invalid"

    assert one.world.steps.taken == []


@pytest.mark.attack("B7")
async def test_a_forged_token_never_ends_the_session_it_names() -> None:
    one = await session()
    stranger = RotatingTokens(signing_keys=[b"x" * 32], successor_keys=[b"y" * 32])
    forged = stranger.write(
        one.opened.session_id,
        one.user.id,
        bytes(32),
        issued_at=one.world.now,
        expires_at=one.world.now + DAY,
        amr=("pwd",),
    )

    assert await one.refused(forged) == "refresh_invalid"
    assert not await one.world.refresh.sign_out(forged)
    assert await one.is_alive()


async def test_a_token_newer_than_its_row_ends_the_session_without_a_mail() -> None:
    one = await session()
    found = await one.world.families.by_id(one.opened.session_id, one.user.id)
    (listed,) = await one.world.families.of_user(
        one.user.id, epoch=0, now=one.world.now
    )
    assert found is not None
    one.world.advance(MINUTE)
    token = one.first
    for _ in range(2):
        token = token_of(await one.refresh(token))
    await one.world.families.add(found[0], listed)

    assert await one.refused(token) == "session_ended"

    assert not await one.is_alive()
    assert one.world.kinds() == []
    assert one.world.happened()[-1] == "LostWriteDetected"


async def test_only_the_first_to_see_a_lost_write_or_reuse_tells() -> None:
    one = await session(STRICT)
    await one.refresh(one.first)

    async def another() -> None:
        await one.refused(one.first)

    one.world.steps.before("families.end", another)
    await one.refused(one.first)

    assert one.world.kinds() == ["refresh_reused"]
    assert one.world.happened().count("RefreshReuseDetected") == 1


async def test_only_the_first_to_see_a_lost_write_tells() -> None:
    one = await session()
    found = await one.world.families.by_id(one.opened.session_id, one.user.id)
    (listed,) = await one.world.families.of_user(
        one.user.id, epoch=0, now=one.world.now
    )
    assert found is not None
    one.world.advance(MINUTE)
    second = token_of(await one.refresh(one.first))
    third = token_of(await one.refresh(second))
    await one.world.families.add(found[0], listed)

    async def another() -> None:
        await one.refused(third)

    one.world.steps.before("families.end", another)
    await one.refused(third)

    assert one.world.happened().count("LostWriteDetected") == 1


async def test_a_retry_after_a_change_of_the_secret_gets_the_same_successor() -> None:
    one = await session()
    renewed = await one.refresh(one.first)
    former_signing = SECRET.key("refresh signing")
    rotated = RotatingTokens(
        signing_keys=[b"n" * 32, former_signing],
        successor_keys=[b"m" * 32, SECRET.key("refresh successor")],
    )
    later = replace(one.world.refresh, tokens=rotated)

    again = await later.refresh(one.first)

    new, old = (rotated.read(token_of(each), now=None) for each in (again, renewed))
    assert new == old


async def test_a_retry_whose_key_is_gone_signs_in_again() -> None:
    one = await session()
    await one.refresh(one.first)
    rotated = RotatingTokens(
        signing_keys=[SECRET.key("refresh signing")], successor_keys=[b"m" * 32]
    )
    later = replace(one.world.refresh, tokens=rotated)

    with pytest.raises(SessionEnded):
        await later.refresh(one.first)
    assert await one.is_alive()


async def test_a_crash_after_the_rotation_costs_the_client_a_retry() -> None:
    one = await session()
    one.world.steps.after("families.rotate", crash)
    with pytest.raises(Crashed):
        await one.refresh(one.first)

    renewed = await one.refresh(one.first)

    one.world.advance(MINUTE)
    await one.refresh(token_of(renewed))


async def test_signing_out_ends_the_session_of_any_of_its_tokens() -> None:
    one = await session()
    await one.refresh(one.first)
    one.world.advance(60 * DAY)

    assert await one.world.refresh.sign_out(one.first)
    assert not await one.world.refresh.sign_out(one.first)
    assert one.world.happened().count("SessionEndedBy") == 1


@pytest.mark.parametrize("token", ["", "x", "a.b.c"])
async def test_what_is_no_token_signs_nobody_out(token: str) -> None:
    one = await session()

    assert not await one.world.refresh.sign_out(token)


async def test_the_oldest_sessions_over_the_cap_are_ended() -> None:
    world = World(max_sessions=2)
    user = await world.add_user()
    opened = []
    for _ in range(4):
        world.advance(MINUTE)
        opened.append(await world.refresh.open(user, device(), amr=("pwd",)))

    for credentials in opened[:2]:
        with pytest.raises(SessionEnded):
            await world.principal(credentials)
    for credentials in opened[2:]:
        await world.principal(credentials)


@pytest.mark.attack("B14")
async def test_however_many_sign_in_at_once_the_cap_stays() -> None:
    world = World(max_sessions=5)
    user = await world.add_user()

    await asyncio.gather(
        *(world.refresh.open(user, DEVICE, amr=("pwd",)) for _ in range(20))
    )

    live = await world.families.of_user(user.id, epoch=0, now=world.now)
    assert len(live) == 5


async def test_a_token_belongs_to_its_user_only() -> None:
    one = await session()
    eve = await one.world.add_user(email="eve@example.com")
    read = one.world.tokens.read(one.first, now=None)
    forged = one.world.tokens.write(
        read.session_id,
        eve.id,
        read.jti,
        issued_at=one.world.now,
        expires_at=one.world.now + DAY,
        amr=("pwd",),
    )

    assert await one.refused(forged) == "session_ended"
    assert await one.is_alive()


async def test_the_store_rotates_for_the_presented_user_only() -> None:
    one = await session()
    read = one.world.tokens.read(one.first, now=None)
    presented = Presented(read.session_id, new_id(), digest(read.jti), read.issued_at)

    assert not await one.world.families.rotate(
        presented,
        epoch=0,
        successor=bytes(32),
        now=one.world.now,
        idle_expires_at=one.world.now + DAY,
    )

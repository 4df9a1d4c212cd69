"""Refresh tokens: one successor each, a safe retry, and no second use (B1 to B5)."""

import asyncio
from datetime import timedelta

import pytest

from tests.blueprints.fixtures import ServiceWith
from tests.blueprints.harness import Client, Service
from tests.security.everywhere import everywhere
from tests.security.jose import claims_of
from tests.security.operations import ended
from tests.security.tokens import (
    SECOND,
    WINDOW,
    access_of,
    bearing,
    is_open,
    refresh,
    refresh_of,
    refusal_of,
    rotated,
)

RACERS = 64
OVER = WINDOW + SECOND
ABSOLUTE = timedelta(days=30)
IDLE = timedelta(days=7)


async def signed_in(service: Service) -> Client:
    return await service.signed_in(transport="bearer")


@everywhere
@pytest.mark.attack("B1")
async def test_each_successor_works_in_the_same_session(service: Service) -> None:
    client = await signed_in(service)
    token = client.tokens["refreshToken"]
    seen = [token]
    for _ in range(3):
        answer = await refresh(service, seen[-1])
        seen.append(refresh_of(answer))
        assert await is_open(service, access_of(answer))
        await service.clock.advance(OVER)

    assert len(set(seen)) == len(seen)
    assert len({claims_of(one)["sid"] for one in seen}) == 1


@pytest.mark.attack("B1")
@pytest.mark.asvs("V7.3.2")
async def test_no_rotation_outlives_the_end_that_was_set_at_sign_in(
    service: Service,
) -> None:
    client = await signed_in(service)
    token, began = client.tokens["refreshToken"], service.now()
    while service.now() + IDLE - SECOND < began + ABSOLUTE:
        await service.clock.advance(IDLE - SECOND)
        token = await rotated(service, token)
    latest = claims_of(token)["exp"]
    await service.clock.advance(began + ABSOLUTE - service.now())

    ends_at = int((began + ABSOLUTE).timestamp())
    assert latest in {ends_at - 1, ends_at}
    assert await refusal_of(service, token) in {"session_ended", "refresh_invalid"}


@everywhere
@pytest.mark.attack("B2")
async def test_a_token_shown_again_after_the_window_ends_its_session(
    service: Service,
) -> None:
    client = await signed_in(service)
    first = client.tokens["refreshToken"]
    answer = await refresh(service, first)
    second, access = refresh_of(answer), access_of(answer)
    await service.clock.advance(OVER)

    assert await refusal_of(service, first) == "refresh_reused"
    assert await refusal_of(service, second) == "session_ended"
    await ended(client)
    await ended(bearing(service, access))


@pytest.mark.attack("B2")
async def test_a_reuse_leaves_the_other_sessions_of_the_user_alone(
    service: Service,
) -> None:
    client = await signed_in(service)
    other = await service.signed_in(transport="bearer", user=client.user)
    first = client.tokens["refreshToken"]
    await rotated(service, first)
    await service.clock.advance(OVER)
    await refusal_of(service, first)

    assert (await other.get("/profile")).status_code == 200
    assert await rotated(service, other.tokens["refreshToken"])


@everywhere
@pytest.mark.attack("B2")
@pytest.mark.asvs("V16.3.3")
async def test_a_reuse_is_told_to_the_owner_once(service: Service) -> None:
    client = await signed_in(service)
    first = client.tokens["refreshToken"]
    await rotated(service, first)
    await service.clock.advance(OVER)
    await asyncio.gather(*(refresh(service, first) for _ in range(8)))

    mails = await service.mails_to(client.user.email, "session")
    events = await service.audited(client.user.id, "RefreshReuseDetected")
    assert (len(mails), len(events)) == (1, 1)


@pytest.mark.attack("B2")
async def test_a_token_two_rotations_old_ends_the_session_inside_the_window(
    service: Service,
) -> None:
    client = await signed_in(service)
    first = client.tokens["refreshToken"]
    third = await rotated(service, await rotated(service, first))

    assert await refusal_of(service, first) == "refresh_reused"
    assert await refusal_of(service, third) == "session_ended"


@everywhere
@pytest.mark.attack("B3")
@pytest.mark.asvs("V15.4.2")
@pytest.mark.asvs("V2.3.4")
async def test_all_of_many_refreshes_at_once_get_the_same_successor(
    service: Service,
) -> None:
    client = await signed_in(service)
    token = client.tokens["refreshToken"]

    answers = await asyncio.gather(*(refresh(service, token) for _ in range(RACERS)))

    successors = {refresh_of(answer) for answer in answers}
    assert len(successors) == 1
    assert await rotated(service, successors.pop())
    assert await is_open(service, access_of(answers[-1]))


@pytest.mark.attack("B3")
async def test_tabs_that_wake_up_together_stay_signed_in(service: Service) -> None:
    browser = await service.signed_in()
    cookie = f"refreshToken={browser.cookies['refreshToken']}"
    tabs = [service.client(cookie=cookie) for _ in range(RACERS)]

    answers = await asyncio.gather(*(tab.post("/refresh-token") for tab in tabs))

    assert {answer.status_code for answer in answers} == {200}
    assert len({tab.cookies["refreshToken"] for tab in tabs}) == 1


@everywhere
@pytest.mark.attack("B3")
async def test_without_a_window_one_of_many_wins_and_the_session_ends(
    service_with: ServiceWith,
) -> None:
    strict = await service_with(refresh_retry_window=timedelta(0))
    client = await signed_in(strict)
    token = client.tokens["refreshToken"]

    answers = await asyncio.gather(*(refresh(strict, token) for _ in range(RACERS)))

    won = [answer for answer in answers if answer.status_code == 200]
    lost = {answer.json()["code"] for answer in answers if answer not in won}
    assert len(won) == 1
    assert "refresh_reused" in lost
    assert lost <= {"refresh_reused", "session_ended"}
    assert await refusal_of(strict, refresh_of(won[0])) == "session_ended"


@everywhere
@pytest.mark.attack("B4")
async def test_a_retry_inside_the_window_gets_the_same_bytes(
    service: Service,
) -> None:
    client = await signed_in(service)
    first = client.tokens["refreshToken"]
    successor = await rotated(service, first)
    await service.clock.advance(WINDOW / 2)

    assert await rotated(service, first) == successor
    assert await rotated(service, first) == successor


@pytest.mark.attack("B4")
async def test_a_retry_after_the_window_is_reuse(service: Service) -> None:
    client = await signed_in(service)
    first = client.tokens["refreshToken"]
    successor = await rotated(service, first)
    await service.clock.advance(OVER)

    assert await refusal_of(service, first) == "refresh_reused"
    assert await refusal_of(service, successor) == "session_ended"


@pytest.mark.attack("B4")
async def test_a_retry_does_not_prolong_the_window(service: Service) -> None:
    client = await signed_in(service)
    first = client.tokens["refreshToken"]
    await rotated(service, first)
    await service.clock.advance(WINDOW / 2)
    await rotated(service, first)
    await service.clock.advance(WINDOW / 2 + SECOND)

    assert await refusal_of(service, first) == "refresh_reused"


@everywhere
@pytest.mark.attack("B5")
async def test_a_thief_in_lockstep_is_found_within_one_cycle(
    service: Service,
) -> None:
    victim = await signed_in(service)
    shared = victim.tokens["refreshToken"]
    await service.clock.advance(OVER)
    stolen = await rotated(service, shared)
    await service.clock.advance(OVER)

    assert await refusal_of(service, shared) == "refresh_reused"
    assert await refusal_of(service, stolen) == "session_ended"


@pytest.mark.attack("B5")
async def test_a_thief_who_comes_second_is_found_at_once(service: Service) -> None:
    victim = await signed_in(service)
    shared = victim.tokens["refreshToken"]
    kept = await rotated(service, shared)
    await service.clock.advance(OVER)

    assert await refusal_of(service, shared) == "refresh_reused"
    assert await refusal_of(service, kept) == "session_ended"


@pytest.mark.attack("B8")
@pytest.mark.asvs("V7.3.1")
async def test_a_session_that_rests_too_long_is_over(service: Service) -> None:
    client = await signed_in(service)
    await service.clock.advance(IDLE - SECOND)
    token = await rotated(service, client.tokens["refreshToken"])
    await service.clock.advance(IDLE)

    assert await refusal_of(service, token) in {"session_ended", "refresh_invalid"}

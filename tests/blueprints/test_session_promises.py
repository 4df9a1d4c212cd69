"""No fork, safe retry, reuse ends the session, revocation is final: in all five."""

import asyncio
from datetime import timedelta

import pytest

from keywright.features.sessions.types import EndReason
from keywright.features.users.types import Status
from tests.blueprints.answers import cookies_set, is_cleared
from tests.blueprints.fixtures import ServiceWith, about
from tests.blueprints.harness import PASSWORD, RETRY_WINDOW, Service
from tests.blueprints.keepers import (
    holding,
    is_served,
    keeper_of,
    open_sessions,
    refused,
    signed_in,
    successor_in,
    use,
    used_by,
)
from tests.blueprints.kinds import KINDS

BLUEPRINTS = tuple(KINDS)
ROTATING = tuple(name for name, kind in KINDS.items() if kind.refresh is not None)
JUST_INSIDE = RETRY_WINDOW / 2
JUST_AFTER = RETRY_WINDOW + timedelta(seconds=1)
RACERS = 20


def forged(token: str) -> str:
    """Return *token* with another signature."""
    header, body, signature = token.split(".")
    changed = "A" if signature[0] != "A" else "B"
    return f"{header}.{body}.{changed}{signature[1:]}"


@pytest.mark.attack("B3")
async def test_of_many_uses_at_once_all_are_good_and_have_one_successor(
    service: Service,
) -> None:
    client = await signed_in(service)
    keeper = keeper_of(service, client)
    answers = await asyncio.gather(*(use(service, keeper) for _ in range(RACERS)))
    (successor,) = {successor_in(service, answer) for answer in answers}
    assert (successor == keeper) is (service.kind.refresh is None)
    assert (await use(service, successor)).status_code == 200
    assert len(await open_sessions(service, client.user)) == 1
    assert await is_served(service, client)


@pytest.mark.attack("B4")
@about(*ROTATING)
async def test_a_retry_inside_the_window_gets_the_same_successor(
    service: Service,
) -> None:
    client = await signed_in(service)
    retrying = holding(service, keeper_of(service, client))
    first = successor_in(service, await used_by(service, client))
    await service.clock.advance(JUST_INSIDE)
    again = await used_by(service, retrying)
    assert successor_in(service, again) == first
    assert await is_served(service, retrying)
    assert (await used_by(service, retrying)).status_code == 200


@pytest.mark.attack("B2")
@about(*ROTATING)
async def test_after_the_window_the_old_token_ends_its_session_only(
    service: Service,
) -> None:
    client = await signed_in(service)
    other = await signed_in(service, client.user)
    old = keeper_of(service, client)
    await asyncio.gather(*(use(service, old) for _ in range(4)))
    await used_by(service, client)
    await service.clock.advance(JUST_AFTER)
    refused(await use(service, old), "refresh_reused")
    assert not await is_served(service, client)
    assert await is_served(service, other)
    assert (await used_by(service, other)).status_code == 200


@pytest.mark.attack("B2")
@about(*ROTATING)
async def test_reuse_ends_the_session_for_the_newest_token_and_clears_its_cookies(
    service: Service,
) -> None:
    client = await signed_in(service)
    old = keeper_of(service, client)
    await used_by(service, client)
    await service.clock.advance(JUST_AFTER)
    refused(await use(service, old), "refresh_reused")
    answer = await used_by(service, client)
    refused(answer, "session_ended")
    for name in service.kind.cookies:
        assert is_cleared(cookies_set(answer)[name])


@pytest.mark.attack("B2")
@about(*ROTATING)
async def test_a_token_before_the_predecessor_is_reuse_at_any_time(
    service: Service,
) -> None:
    client = await signed_in(service)
    oldest = keeper_of(service, client)
    for _ in range(2):
        await service.clock.advance(timedelta(seconds=1))
        assert (await used_by(service, client)).status_code == 200
    refused(await use(service, oldest), "refresh_reused")
    refused(await used_by(service, client), "session_ended")


@pytest.mark.attack("B2")
@about(*ROTATING)
async def test_a_reuse_is_told_to_the_owner_and_audited_once(service: Service) -> None:
    client = await signed_in(service)
    old = keeper_of(service, client)
    await used_by(service, client)
    await service.clock.advance(JUST_AFTER)
    await asyncio.gather(*(use(service, old) for _ in range(4)))
    assert len(await service.mails_to(client.user.email, "for your safety")) == 1
    (entry,) = await service.audited(client.user.id, "RefreshReuseDetected")
    assert entry.session
    assert old not in str(entry)


@pytest.mark.attack("B3")
@about(*ROTATING)
async def test_without_a_window_one_of_many_wins_and_the_session_ends(
    service_with: ServiceWith,
) -> None:
    strict = await service_with(refresh_retry_window=timedelta(0))
    client = await signed_in(strict)
    keeper = keeper_of(strict, client)
    answers = await asyncio.gather(*(use(strict, keeper) for _ in range(RACERS)))
    (won,) = [answer for answer in answers if answer.status_code == 200]
    assert {answer.status_code for answer in answers if answer is not won} == {401}
    refused(await use(strict, successor_in(strict, won)), "session_ended")


@pytest.mark.attack("B6")
@about(*ROTATING)
async def test_a_forged_token_of_a_real_session_ends_nothing(service: Service) -> None:
    client = await signed_in(service)
    answer = await use(service, forged(keeper_of(service, client)))
    refused(answer, "refresh_invalid")
    assert await is_served(service, client)
    assert (await used_by(service, client)).status_code == 200


@pytest.mark.attack("B7")
async def test_signing_out_is_final_whatever_comes_at_the_same_time(
    service: Service,
) -> None:
    client = await signed_in(service)
    keeper = keeper_of(service, client)
    leaving = holding(service, keeper)
    answers = await asyncio.gather(
        leaving.post("/logout"), *(use(service, keeper) for _ in range(8))
    )
    assert answers[0].is_success
    kept = {successor_in(service, one) for one in answers[1:] if one.is_success}
    for one in {keeper, *kept}:
        refused(await use(service, one), "session_ended")
    assert not await is_served(service, client)
    assert await open_sessions(service, client.user) == []


@pytest.mark.attack("B7")
async def test_a_session_that_was_ended_elsewhere_stays_ended(service: Service) -> None:
    client = await signed_in(service)
    (session,) = await open_sessions(service, client.user)
    for is_first in (True, False):
        assert is_first is await service.stores.sessions.end(
            session.id,
            client.user.id,
            reason=EndReason.ENDED_BY_OPERATOR,
            now=service.now(),
        )
        assert not await is_served(service, client)
        refused(await use(service, keeper_of(service, client)), "session_ended")
    other = await signed_in(service, client.user)
    assert await is_served(service, other)
    assert not await is_served(service, client)


@pytest.mark.attack("B11")
@pytest.mark.asvs("V7.2.4")
async def test_signing_in_again_ends_the_session_it_replaces_and_no_other(
    service: Service,
) -> None:
    client = await signed_in(service)
    other = await signed_in(service, client.user)
    replaced = keeper_of(service, client)
    client.headers.pop("authorization", None)
    body = {"email": client.user.email, "password": PASSWORD}
    assert (await client.post(service.kind.sign_in, json=body)).status_code == 200
    refused(await use(service, replaced), "session_ended")
    for one in (client, other):
        assert (await used_by(service, one)).status_code == 200
    assert len(await open_sessions(service, client.user)) == 2


@pytest.mark.attack("M1")
async def test_a_banned_user_has_no_session_any_more(service: Service) -> None:
    client = await signed_in(service)
    await service.stores.users.set_status(
        client.user.id,
        Status.BANNED,
        epoch=client.user.epoch,
        purge_after=None,
        now=service.now(),
        letter=None,
    )
    assert not await is_served(service, client)
    refused(await use(service, keeper_of(service, client)), "session_ended")

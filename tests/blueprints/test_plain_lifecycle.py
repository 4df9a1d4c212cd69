"""No fork, safe retry, reuse ends the session, revocation is final."""

import asyncio
from datetime import timedelta

import pytest

from tests.blueprints.answers import cookies_set, is_cleared
from tests.blueprints.fixtures import ServiceWith
from tests.blueprints.harness import RETRY_WINDOW, Service
from tests.blueprints.plain import (
    PASSWORD,
    PLAIN,
    carry,
    contract,
    credentials_set,
    holding,
    refresh,
    refused,
    signed_in,
    signed_up,
    token_of,
)

BLUEPRINTS = PLAIN
JUST_AFTER = RETRY_WINDOW + timedelta(seconds=1)
RACERS = 32


async def test_a_refresh_brings_a_new_pair(service: Service) -> None:
    client = await signed_up(service)
    before = token_of(service, client)
    answer = await refresh(client)
    assert answer.status_code == 200
    assert credentials_set(service, answer) == contract(service).cookies
    assert token_of(service, client) != before
    assert (await client.get(contract(service).me)).status_code == 200


async def test_a_refresh_works_with_an_expired_access_token(service: Service) -> None:
    client = await signed_up(service)
    await service.clock.advance(timedelta(hours=1, seconds=20))
    refused(await client.get(contract(service).me), 401, "not_signed_in")
    assert (await refresh(client)).status_code == 200
    assert (await client.get(contract(service).me)).status_code == 200


async def test_each_refresh_prolongs_the_session_to_thirty_days(
    service: Service,
) -> None:
    client = await signed_up(service)
    for _ in range(2):
        await service.clock.advance(timedelta(days=29))
        answer = await refresh(client)
        cookie = cookies_set(answer)[contract(service).refresh_cookie]
        assert int(cookie["max-age"]) in range(30 * 86_400 - 5, 30 * 86_400 + 1)


async def test_a_session_that_rests_too_long_is_over(service: Service) -> None:
    client = await signed_up(service)
    await service.clock.advance(timedelta(days=30, seconds=20))
    answer = await holding(service, token_of(service, client)).post("/refresh")
    refused(answer, 401, "refresh_invalid")


async def test_of_many_parallel_refreshes_all_get_the_same_successor(
    service: Service,
) -> None:
    client = await signed_up(service)
    token = token_of(service, client)
    name = contract(service).refresh_cookie
    answers = await asyncio.gather(
        *(holding(service, token).post("/refresh") for _ in range(RACERS))
    )
    assert {answer.status_code for answer in answers} == {200}
    assert len({cookies_set(answer)[name].value for answer in answers}) == 1


async def test_a_retry_inside_the_window_gets_the_same_successor(
    service_with: ServiceWith,
) -> None:
    service = await service_with(refresh_retry_window=timedelta(minutes=1))
    client = await signed_up(service)
    retrying = holding(service, token_of(service, client))
    await refresh(client)
    await service.clock.advance(timedelta(seconds=15))
    answer = await retrying.post("/refresh")
    assert answer.status_code == 200
    assert token_of(service, retrying) == token_of(service, client)
    carry(retrying, answer)
    assert (await retrying.get(contract(service).me)).status_code == 200


@pytest.mark.attack("B2")
async def test_after_the_window_the_old_token_ends_the_session_for_all(
    service: Service,
) -> None:
    client = await signed_up(service)
    other = await signed_in(service, client.user)
    thief = holding(service, token_of(service, client))
    await refresh(client)
    await service.clock.advance(JUST_AFTER)
    refused(await thief.post("/refresh"), 401, "refresh_reused")
    refused(await client.get(contract(service).me), 401, "session_ended")
    answer = await refresh(client)
    refused(answer, 401, "session_ended")
    for name in contract(service).cookies:
        assert is_cleared(cookies_set(answer)[name])
    assert (await other.get(contract(service).me)).status_code == 200
    assert (await refresh(other)).status_code == 200


@pytest.mark.attack("B2")
async def test_a_token_before_the_predecessor_is_reuse_at_any_time(
    service: Service,
) -> None:
    client = await signed_up(service)
    thief = holding(service, token_of(service, client))
    for _ in range(2):
        await service.clock.advance(timedelta(seconds=1))
        assert (await refresh(client)).status_code == 200
    refused(await thief.post("/refresh"), 401, "refresh_reused")
    refused(await refresh(client), 401, "session_ended")


@pytest.mark.attack("B2")
async def test_the_owner_is_mailed_once_about_a_reuse(service: Service) -> None:
    client = await signed_up(service)
    old = token_of(service, client)
    await refresh(client)
    await service.clock.advance(JUST_AFTER)
    await asyncio.gather(*(holding(service, old).post("/refresh") for _ in range(4)))
    assert len(await service.mails_to(client.user.email, "for your safety")) == 1
    events = await service.audited(client.user.id, "RefreshReuseDetected")
    assert len(events) == 1


@pytest.mark.attack("B3")
async def test_without_a_window_one_of_many_wins_and_the_session_ends(
    service_with: ServiceWith,
) -> None:
    strict = await service_with(refresh_retry_window=timedelta(0))
    client = await signed_up(strict)
    token = token_of(strict, client)
    answers = await asyncio.gather(
        *(holding(strict, token).post("/refresh") for _ in range(RACERS))
    )
    statuses = [answer.status_code for answer in answers]
    assert (statuses.count(200), statuses.count(401)) == (1, RACERS - 1)


@pytest.mark.attack("B6")
async def test_a_forged_token_ends_nothing(service: Service) -> None:
    client = await signed_up(service)
    header, body, signature = token_of(service, client).split(".")
    changed = "A" if signature[0] != "A" else "B"
    forged = f"{header}.{body}.{changed}{signature[1:]}"
    answer = await holding(service, forged).post("/refresh")
    refused(answer, 401, "refresh_invalid")
    assert (await refresh(client)).status_code == 200


@pytest.mark.attack("B7")
async def test_signing_out_is_final(service: Service) -> None:
    client = await signed_up(service)
    token = token_of(service, client)
    answers = await asyncio.gather(
        holding(service, token).post("/logout"),
        *(holding(service, token).post("/refresh") for _ in range(8)),
    )
    assert answers[0].status_code == contract(service).signed_out
    for kept in {token, *(token_of_answer(service, one) for one in answers[1:])}:
        if kept:
            answer = await holding(service, kept).post("/refresh")
            refused(answer, 401, "session_ended")


def token_of_answer(service: Service, answer: object) -> str:
    """Return the refresh token that *answer* sets, or an empty text."""
    cookies = cookies_set(answer)  # type: ignore[arg-type]  # a Response
    name = contract(service).refresh_cookie
    return cookies[name].value if name in cookies else ""


async def test_without_a_token_there_is_nothing_to_refresh(service: Service) -> None:
    refused(await service.client().post("/refresh"), 401, "refresh_invalid")


@pytest.mark.attack("A3")
async def test_an_access_token_refreshes_nothing(service: Service) -> None:
    client = await signed_up(service)
    body = {"email": client.user.email, "password": PASSWORD}
    answer = await service.client().post(service.kind.sign_in, json=body)
    token = answer.json().get("accessToken") or answer.cookies["access_token"]
    answer = await holding(service, token).post("/refresh")
    refused(answer, 401, "refresh_invalid")


@pytest.mark.attack("A3")
async def test_a_refresh_token_signs_nobody_in(service: Service) -> None:
    client = await signed_up(service)
    token = token_of(service, client)
    thief = service.client(authorization=f"Bearer {token}")
    refused(await thief.get(contract(service).me), 401, "not_signed_in")


async def test_the_session_knows_its_device(service: Service) -> None:
    client = await signed_up(service)
    (session,) = await service.stores.sessions.of_user(
        client.user.id, epoch=client.user.epoch, now=service.now()
    )
    assert session.device.address == "127.0.0.1"
    assert session.device.user_agent == client.headers["user-agent"]
    assert session.revoked_at is None
    assert session.expires_at > service.now()

"""Sessions that are refreshed by a cookie over plain bodies."""

from datetime import timedelta

import pytest

from tests.blueprints.answers import cookies_set
from tests.blueprints.harness import RETRY_WINDOW, Service
from tests.blueprints.plain import (
    PASSWORD,
    PLAIN,
    contract,
    credentials_set,
    holding,
    refresh,
    refused,
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

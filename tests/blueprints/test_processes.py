"""Refreshes that race over several server processes."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from httpx2 import AsyncClient, Limits, Response

from tests.blueprints.answers import cookies_set
from tests.blueprints.fixtures import House
from tests.blueprints.harness import (
    BASE,
    PASSWORD,
    SECRET,
    Service,
)
from tests.blueprints.servers import served

pytestmark = pytest.mark.long

AT_ONCE = 64
WINDOW = timedelta(seconds=60)
"""As long as can be set: a busy machine answers 64 requests slowly."""
CHAIN = 2
VARIANTS = ("sqlite", "postgres", "mysql", "mongo", "postgres+redis", "sqlite+cluster")


def environment(service: Service) -> dict[str, str]:
    """Return the environment of a server on the stores of *service*."""
    settings = service.settings
    values = {
        "AUTH_ENV": "test",
        "AUTH_SECRET": SECRET,
        "AUTH_DATABASE_URL": settings.database_url.get_secret_value(),
        "AUTH_TEST_CLOCK": str(service.clock.file),
        "AUTH_RATE_LIMITS": "off",
        "AUTH_REFRESH_RETRY_WINDOW": f"{WINDOW.seconds}s",
        "AUTH_REDIS_DURABILITY": "relaxed",
    }
    if service.redis_url is not None:
        values["AUTH_REDIS_URL"] = service.redis_url
        values["AUTH_REDIS_PREFIX"] = service.redis_prefix
    return values


@asynccontextmanager
async def browser(origin: str) -> AsyncIterator[AsyncClient]:
    """Open a client of the server; it keeps no cookies between its requests."""
    limits = Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE)
    async with AsyncClient(
        base_url=f"{origin}{BASE}",
        headers={"origin": origin},
        limits=limits,
        timeout=60,
    ) as client:
        yield client


async def signed_in(client: AsyncClient, email: str) -> dict[str, str]:
    body = {"email": email, "password": PASSWORD}
    answer = await client.post("/signin", json=body)
    assert answer.status_code == 200, answer.text
    client.cookies.clear()
    return {name: cookie.value for name, cookie in cookies_set(answer).items()}


async def refreshed(client: AsyncClient, token: str) -> Response:
    answer = await client.post(
        "/refresh-token", headers={"cookie": f"refreshToken={token}"}
    )
    client.cookies.clear()
    return answer


async def profile(client: AsyncClient, cookies: dict[str, str]) -> int:
    headers = {"cookie": f"accessToken={cookies['accessToken']}"}
    return (await client.get("/profile", headers=headers)).status_code


async def at_once(client: AsyncClient, token: str) -> Sequence[Response]:
    return await asyncio.gather(*(refreshed(client, token) for _ in range(AT_ONCE)))


@pytest.mark.timeout(180)
async def test_two_processes_give_one_successor_to_64_refreshes_at_once(
    house: House, variant: str
) -> None:
    service = await house.service(variant)
    user = await service.user()
    async with (
        served(environment(service), workers=2) as origin,
        browser(origin) as client,
    ):
        raced = await signed_in(client, user.email)
        other = await signed_in(client, user.email)
        token = raced["refreshToken"]
        for _ in range(CHAIN):
            last = token
            answers = await at_once(client, token)
            assert {answer.status_code for answer in answers} == {200}
            (token,) = {cookies_set(one)["refreshToken"].value for one in answers}
        assert await profile(client, raced) == 200

        await service.clock.advance(WINDOW + timedelta(seconds=1))
        late = await at_once(client, last)
        assert {answer.status_code for answer in late} == {401}
        assert "refresh_reused" in {answer.json()["code"] for answer in late}
        assert (await refreshed(client, token)).json()["code"] == "session_ended"
        assert await profile(client, raced) == 401
        assert await profile(client, other) == 200
        assert (await refreshed(client, other["refreshToken"])).status_code == 200
    assert len(await service.audited(user.id, "RefreshReuseDetected")) == 1

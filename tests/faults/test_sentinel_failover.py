"""R4 and R7: the primary of a watched Redis is killed, and its copy takes over."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest
from redis.asyncio import Redis

from keywright.shared.errors import StoreUnavailable
from keywright.shared.redis import answer, check_durability, close, open_redis
from tests.faults.load import recovers, refreshing, sessions_of
from tests.faults.people import sign_up
from tests.faults.service import Killable, post
from tools.devservers.processes import Server
from tools.devservers.valkeys import redis, replica, sentinel

CLIENTS = 4
RECOVERS_WITHIN = 5.0
FAILOVER_SECONDS = 30.0


@pytest.fixture
async def watched(tmp_path: Path) -> AsyncIterator[dict[str, Server]]:
    """Start a durable primary, its copy, and a sentinel that watches both."""
    servers: dict[str, Server] = {}

    def start() -> None:
        servers["primary"] = redis(tmp_path, durable=True)
        servers["copy"] = replica(tmp_path, of=servers["primary"].port, durable=True)
        servers["sentinel"] = sentinel(tmp_path, primary=servers["primary"].port)

    try:
        await asyncio.to_thread(start)
        yield servers
    finally:
        for server in servers.values():
            await asyncio.to_thread(server.stop)


@pytest.mark.fault("R4")
@pytest.mark.fault("R7")
@pytest.mark.timeout(180)
async def test_a_failover_costs_503_and_logs_nobody_out(
    watched: dict[str, Server], tmp_path: Path
) -> None:
    environment = {
        "AUTH_DATABASE_URL": f"sqlite:///{tmp_path / 'auth.db'}",
        "AUTH_REDIS_URL": watched["sentinel"].url,
    }
    async with Killable(tmp_path, environment) as service:
        async with service.client() as client:
            somebody = await sign_up(service, client)
            await post(client, "verify-user", somebody.proof)
            tokens = await sessions_of(client, somebody.email, CLIENTS)
        seen: Counter[int] = Counter()
        async with refreshing(service, tokens, seen) as load:
            await load.acknowledged(3 * CLIENTS)
            await asyncio.to_thread(watched["primary"].kill)
            await promoted(watched["copy"])
            assert await recovers(service) <= RECOVERS_WITHIN
            await load.acknowledged(3 * CLIENTS)
        assert set(seen) == {200, 503}, seen
        async with service.client() as client:
            last = [
                await post(client, "refresh-token", {"refreshToken": token})
                for token in load.tokens
            ]
        assert [one.status_code for one in last if one] == [200] * CLIENTS


async def test_a_careless_copy_makes_a_watched_server_careless(
    watched: dict[str, Server],
) -> None:
    client = open_redis(watched["sentinel"].url)
    copy = open_redis(watched["copy"].url)
    durable = await check_durability(client)
    await answer(copy.config_set("maxmemory-policy", "allkeys-lru"))
    await answer(copy.config_set("appendonly", "no"))
    careless = await check_durability(client)
    await close(copy)
    await close(client)

    assert durable == []
    assert ["noeviction" in careless[0], "appendonly" in careless[1]] == [True, True]


async def _is_primary(client: Redis) -> bool:
    # A copy that becomes the primary closes its connections.
    with suppress(StoreUnavailable):
        return bool((await answer(client.info("replication")))["role"] == "master")
    return False


async def promoted(copy: Server) -> None:
    """Return once the sentinel has made *copy* the primary."""
    client = open_redis(copy.url)
    async with asyncio.timeout(FAILOVER_SECONDS):
        while not await _is_primary(client):
            await asyncio.sleep(0.05)
    await close(client)

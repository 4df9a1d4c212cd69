"""Redis as a cluster: many callers at once, each server's durability."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from redis.asyncio import Redis

from keywright.shared.redis import (
    Script,
    answer,
    check_durability,
    close,
    now,
    open_redis,
    ping,
)
from keywright.shared.secrets import new_id
from tests.servers import cluster_url
from tools.devservers import valkeys

KEEP = (
    "redis.call('SET', KEYS[1], ARGV[1], 'PX', 60000) return redis.call('GET', KEYS[1])"
)
CALLERS = 64
CLIENTS = 5


@pytest.fixture
async def client() -> AsyncIterator[Redis]:
    opened = open_redis(cluster_url())
    yield opened
    await close(opened)


async def test_a_cluster_answers_and_tells_the_time(client: Redis) -> None:
    await ping(client)

    assert (await now(client)).year > 2000


async def test_the_first_callers_of_a_client_may_come_all_at_once() -> None:
    for _ in range(CLIENTS):
        client = open_redis(cluster_url())
        keep: Script[bytes] = Script(client, KEEP)
        keys = [f"test:{new_id().hex}" for _ in range(CALLERS)]

        found = await asyncio.gather(*(keep(key, key) for key in keys))

        assert [one.decode() for one in found] == keys
        await close(client)


async def test_a_cancelled_question_leaves_no_answer_behind(client: Redis) -> None:
    key = f"test:{new_id().hex}"
    await answer(client.set(key, "mine", px=60_000))
    for _ in range(5):
        waiting = asyncio.ensure_future(answer(client.blpop([f"{{{key}}}:none"], 1)))
        await asyncio.sleep(0.01)
        waiting.cancel()
        await asyncio.wait([waiting])

        assert await answer(client.get(key)) == b"mine"


async def test_one_careless_server_makes_a_cluster_careless(tmp_path: Path) -> None:
    server = await asyncio.to_thread(valkeys.cluster, tmp_path, durable=True)
    client = open_redis(server.url)
    careless = open_redis(server.beside[-1].url)
    try:
        durable = await check_durability(client)
        await answer(careless.config_set("maxmemory-policy", "allkeys-lru"))
        evicting = await check_durability(client)
        await answer(careless.config_set("appendonly", "no"))
        forgetful = await check_durability(client)
    finally:
        await close(careless)
        await close(client)
        await asyncio.to_thread(server.stop)

    assert durable == []
    assert ["noeviction" in one for one in evicting] == [True]
    assert ["appendonly" in one for one in forgetful] == [False, True]

"""Redis: what is an outage, what is durable, what a lost answer leaves."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from operator import methodcaller
from pathlib import Path

import pytest
from redis.asyncio import Redis
from redis.exceptions import ResponseError

from keywright.shared.clock import utc_now
from keywright.shared.errors import StoreUnavailable
from keywright.shared.redis import (
    Pointers,
    Script,
    answer,
    check_durability,
    close,
    now,
    open_redis,
    ping,
)
from keywright.shared.secrets import new_id
from tests.instants import DAY, HOUR, MILLISECOND, MINUTE, NOW, SECOND
from tests.servers import redis_url
from tools.devservers import valkeys

SHORT = timedelta(milliseconds=100)


@pytest.fixture
async def client() -> AsyncIterator[Redis]:
    opened = open_redis(redis_url())
    yield opened
    await close(opened)


@asynccontextmanager
async def opened(url: str, *, connections: int = 64) -> AsyncGenerator[Redis, None]:
    """Open a client that soon loses patience."""
    client = open_redis(url, timeout=SHORT, connections=connections)
    yield client
    await close(client)


@asynccontextmanager
async def scripted(reply: bytes | None) -> AsyncGenerator[str, None]:
    """Serve *reply* to every command but the greeting; None hangs up instead."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while command := await reader.read(4096):
            if b"CLIENT" in command:
                writer.write(b"+OK\r\n" * command.count(b"CLIENT"))
            elif reply is None:
                break
            else:
                writer.write(reply)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        yield f"redis://127.0.0.1:{port}/0"


async def test_a_server_that_answers_is_there(client: Redis) -> None:
    await ping(client)


async def test_the_time_is_the_servers(client: Redis) -> None:
    instant = await now(client)

    assert abs(instant - utc_now()) < 5 * SECOND
    assert instant.utcoffset() == timedelta(0)
    assert instant.microsecond % 1000 == 0


@pytest.mark.parametrize(
    "reply",
    [
        b"-LOADING Redis is loading the dataset in memory\r\n",
        b"-READONLY You can't write against a read only replica.\r\n",
        b"-MASTERDOWN Link with MASTER is down\r\n",
        b"-OOM command not allowed when used memory > 'maxmemory'.\r\n",
        b"-MISCONF Errors writing to the AOF file: No space left on device\r\n",
        b"-NOREPLICAS Not enough good replicas to write.\r\n",
        b"-BUSY Redis is busy running a script.\r\n",
        b"-CLUSTERDOWN The cluster is down\r\n",
        b"-TRYAGAIN Multiple keys request during rehashing of slot\r\n",
        b"-NOAUTH Authentication required.\r\n",
        b"-ERR max number of clients reached\r\n",
        b"",
        None,
    ],
    ids=lambda reply: reply.split()[0].decode() if reply else repr(reply),
)
async def test_what_the_server_cannot_do_now_is_an_outage(reply: bytes | None) -> None:
    async with scripted(reply) as url, opened(url) as client:
        with pytest.raises(StoreUnavailable):
            await answer(client.set("key", "value"))


async def test_a_server_that_is_not_there_is_an_outage() -> None:
    async with scripted(b"") as url:
        pass

    async with opened(url) as client:
        with pytest.raises(StoreUnavailable):
            await ping(client)


async def test_a_pool_without_a_free_connection_is_an_outage() -> None:
    async with opened(redis_url(), connections=1) as client:
        async with client.client() as holder:
            await answer(holder.ping())
            with pytest.raises(StoreUnavailable):
                await ping(client)

        await ping(client)


async def test_a_connection_that_closes_while_it_opens_is_an_outage() -> None:
    async def written_to_nothing() -> None:
        methodcaller("writelines", [b"PING"])(None)

    with pytest.raises(StoreUnavailable):
        await answer(written_to_nothing())


async def test_a_mistake_of_ours_is_no_outage() -> None:
    async def mistaken() -> None:
        methodcaller("writelines", [b"PING"])(object())

    with pytest.raises(AttributeError):
        await answer(mistaken())


async def test_nothing_takes_longer_than_five_seconds() -> None:
    began = asyncio.get_running_loop().time()

    with pytest.raises(StoreUnavailable):
        await answer(asyncio.sleep(60))

    assert 5 <= asyncio.get_running_loop().time() - began < 20


async def test_a_programming_error_is_no_outage(client: Redis) -> None:
    key = f"test:{new_id().hex}"
    await answer(client.set(key, "text", px=1000))

    with pytest.raises(ResponseError, match="WRONGTYPE"):
        await answer(client.hgetall(key))


async def test_after_an_outage_the_client_connects_again(client: Redis) -> None:
    connection_id = await answer(client.client_id())
    async with opened(redis_url()) as another:
        await answer(another.client_kill_filter(_id=str(connection_id)))

    await ping(client)


async def test_a_write_whose_answer_is_lost_is_not_repeated() -> None:
    received = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while command := await reader.read(4096):
            if b"CLIENT" not in command:
                received.append(command)
                break
            writer.write(b"+OK\r\n" * command.count(b"CLIENT"))
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, opened(f"redis://127.0.0.1:{port}/0") as client:
        with pytest.raises(StoreUnavailable):
            await answer(client.incr("key"))

    assert len(received) == 1


async def test_a_cancelled_question_leaves_no_answer_behind() -> None:
    key = f"test:{new_id().hex}"
    async with opened(redis_url(), connections=1) as client:
        waiting = asyncio.ensure_future(answer(client.blpop([key], 1)))
        await asyncio.sleep(0.01)
        waiting.cancel()
        await asyncio.wait([waiting])

        assert await answer(client.echo("mine")) == b"mine"


async def test_a_script_is_one_step_on_its_key(client: Redis) -> None:
    key = f"test:{new_id().hex}"
    script: Script[int] = Script(
        client, "redis.call('SET', KEYS[1], ARGV[1], 'PX', 1000) return #KEYS"
    )

    assert await script(key, "value") == 1
    assert await answer(client.get(key)) == b"value"


async def test_a_script_that_the_server_forgot_runs_again(client: Redis) -> None:
    script: Script[int] = Script(client, "return tonumber(ARGV[1]) + 1")
    await script("test:key", 1)
    await answer(client.script_flush())

    assert await script("test:key", 2) == 3


async def test_a_server_that_keeps_what_it_acknowledged_is_durable(
    tmp_path: Path,
) -> None:
    server = await asyncio.to_thread(valkeys.redis, tmp_path, durable=True)
    try:
        async with opened(server.url) as client:
            durable = await check_durability(client)
            await answer(client.config_set("maxmemory-policy", "allkeys-lru"))
            await answer(client.config_set("appendonly", "no"))
            careless = await check_durability(client)
    finally:
        await asyncio.to_thread(server.stop)

    assert durable == []
    assert ["noeviction" in careless[0], "appendonly" in careless[1]] == [True, True]


async def test_pointers_come_oldest_first(client: Redis) -> None:
    pointers, key = Pointers(client), f"test:{new_id().hex}"
    ids = [new_id() for _ in range(3)]
    for age, one in zip((2, 3, 1), ids, strict=True):
        await pointers.add(key, one, at=NOW - age * MINUTE, lifetime=MINUTE)

    assert await pointers.all(key) == [ids[1], ids[0], ids[2]]


async def test_only_pointers_of_a_minute_or_more_are_dropped(client: Redis) -> None:
    pointers, key = Pointers(client), f"test:{new_id().hex}"
    old, young, used = new_id(), new_id(), new_id()
    await pointers.add(key, old, at=NOW - MINUTE, lifetime=MINUTE)
    await pointers.add(key, young, at=NOW - MINUTE + MILLISECOND, lifetime=MINUTE)
    await pointers.add(key, used, at=NOW - HOUR, lifetime=MINUTE)

    await pointers.drop(key, [old, young, new_id()], now=NOW)

    assert await pointers.all(key) == [used, young]


async def test_a_pointer_that_was_added_again_is_not_dropped(client: Redis) -> None:
    pointers, key, one = Pointers(client), f"test:{new_id().hex}", new_id()
    await pointers.add(key, one, at=NOW - HOUR, lifetime=MINUTE)
    await pointers.add(key, one, at=NOW, lifetime=MINUTE)

    await pointers.drop(key, [one], now=NOW)

    assert await pointers.all(key) == [one]


async def test_pointers_live_as_long_as_the_longest_needs(client: Redis) -> None:
    pointers, key = Pointers(client), f"test:{new_id().hex}"
    await pointers.add(key, new_id(), at=NOW, lifetime=HOUR)
    await pointers.add(key, new_id(), at=NOW, lifetime=DAY)
    await pointers.add(key, new_id(), at=NOW, lifetime=HOUR)

    left = timedelta(milliseconds=await answer(client.pttl(key)))
    await answer(client.delete(key))

    assert DAY - MINUTE < left <= DAY

"""Redis or Valkey: open, ask, close; scripts of one key each.

Every atomic step touches one key, so that a cluster carries it. Nothing is tried
again on its own: a write whose answer was lost may have happened, and only the caller
can tell what that means.
"""

import asyncio
from collections.abc import Awaitable, Sequence
from datetime import datetime, timedelta
from typing import Generic, TypeVar, cast
from uuid import UUID

from redis import exceptions
from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.connection import parse_url
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from keywright.shared.clock import EPOCH, to_milliseconds, whole_milliseconds
from keywright.shared.errors import StoreUnavailable
from keywright.shared.redis_topologies import (
    check_several,
    close_watch,
    names_several,
    open_several,
    told,
)

Answer = TypeVar("Answer")

PATIENCE = timedelta(seconds=5)
CONNECTIONS = 64
PLACE = "Redis"
UNUSED_AFTER = timedelta(minutes=1)
NOT_NOW = ("LOADING", "MASTERDOWN", "MISCONF", "NOREPLICAS", "BUSY", "UNKILLABLE")
UNAVAILABLE = (
    exceptions.ConnectionError,
    exceptions.TimeoutError,
    exceptions.ReadOnlyError,
    exceptions.OutOfMemoryError,
    exceptions.TryAgainError,
    exceptions.ClusterError,
    exceptions.RedisClusterException,
    OSError,
)


def open_redis(
    url: str, *, timeout: timedelta = PATIENCE, connections: int = CONNECTIONS
) -> Redis:
    """Return a client for *url*: `redis://`, `rediss://`, `unix://` or several servers.

    It connects when it is first used, at most *connections* times. Neither waiting
    for a free connection, nor connecting, nor an answer takes longer than *timeout*.
    """
    seconds = timeout.total_seconds()
    if names_several(url):
        return open_several(url, seconds=seconds, connections=connections)
    pool = BlockingConnectionPool.from_url(
        url,
        max_connections=connections,
        timeout=seconds,
        socket_connect_timeout=seconds,
        socket_timeout=seconds,
        socket_keepalive=True,
        decode_responses=False,
        protocol=2,
        retry=Retry(NoBackoff(), 0),
    )
    return Redis.from_pool(pool)


def check_address(url: str) -> None:
    """Raise ValueError unless a client can be made of *url*; nothing is connected."""
    if names_several(url):
        check_several(url)
    else:
        parse_url(url)


async def answer(pending: Awaitable[Answer]) -> Answer:
    """Return what the store answers to *pending*, or raise `StoreUnavailable`.

    Everything asked of the store goes through here, so no step takes more than five
    seconds in all.
    """
    try:
        async with asyncio.timeout(PATIENCE.total_seconds()):
            return await pending
    except UNAVAILABLE as error:
        raise StoreUnavailable(PLACE) from error
    except exceptions.ResponseError as error:
        if str(error).startswith(NOT_NOW):
            raise StoreUnavailable(PLACE) from error
        raise
    except AttributeError as error:
        # A connection that one task closes while another opens it has no writer left;
        # the client takes that for no error of the connection.
        if error.obj is not None:
            raise
        raise StoreUnavailable(PLACE) from error


POINT = """
redis.call('ZADD', KEYS[1], ARGV[1], ARGV[2])
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[3]) then
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
end
return 1
"""

DROP = """
for at = 2, #ARGV do
  local score = redis.call('ZSCORE', KEYS[1], ARGV[at])
  if score and tonumber(score) <= tonumber(ARGV[1]) then
    redis.call('ZREM', KEYS[1], ARGV[at])
  end
end
return 1
"""


class Script(Generic[Answer]):
    """A Lua script that touches one key: one atomic step with an *Answer*."""

    def __init__(self, client: Redis, text: str) -> None:
        """Take the *text*; the server learns it when it is first run."""
        self._run = client.register_script(text)

    async def __call__(self, key: str, *arguments: bytes | str | int) -> Answer:
        """Run the script on *key* and return its answer."""
        return await answer(self._run(keys=[key], args=arguments))


class Pointers:
    """Sets of ids that point to other keys and hold no truth.

    An id is added before what it points to is written, so a crash in between leaves
    an id without use; whoever reads the set drops those.
    """

    def __init__(self, client: Redis) -> None:
        """Take the *client*."""
        self._client = client
        self._point: Script[int] = Script(client, POINT)
        self._drop: Script[int] = Script(client, DROP)

    async def add(
        self, key: str, pointer: UUID, *, at: datetime, lifetime: timedelta
    ) -> None:
        """Add *pointer* as of *at*; the set lasts at least *lifetime* from now on."""
        milliseconds = lifetime // timedelta(milliseconds=1)
        await self._point(key, to_milliseconds(at), pointer.hex, milliseconds)

    async def all(self, key: str) -> list[UUID]:
        """Return the ids in the set, oldest first."""
        members = await answer(self._client.zrange(key, 0, -1))
        # The client decodes nothing.
        return [UUID(hex=member.decode()) for member in cast("list[bytes]", members)]

    async def drop(self, key: str, unused: Sequence[UUID], *, now: datetime) -> None:
        """Drop those of *unused* that were added a minute before *now* or earlier.

        What a younger one points to may be about to be written.
        """
        if unused:
            limit = to_milliseconds(now - UNUSED_AFTER)
            await self._drop(key, limit, *(pointer.hex for pointer in unused))

    async def remove(self, key: str, pointers: Sequence[UUID]) -> None:
        """Remove these *pointers* from the set, however young they are."""
        if pointers:
            await answer(self._client.zrem(key, *(one.hex for one in pointers)))


async def check_durability(client: Redis) -> list[str]:
    """Return what makes a server lose acknowledged writes; empty if nothing does.

    Of several servers each is asked.
    """
    memory = await answer(told(client, "memory"))
    persistence = await answer(told(client, "persistence"))
    problems = []
    if any(one.get("maxmemory_policy") != "noeviction" for one in memory):
        problems.append("maxmemory-policy is not noeviction: sessions may be evicted")
    if not all(one.get("aof_enabled") for one in persistence):
        problems.append("appendonly is off: a restart forgets what was acknowledged")
    return problems


async def now(client: Redis) -> datetime:
    """Return the server's time."""
    seconds, microseconds = await answer(client.time())
    passed = timedelta(seconds=seconds, microseconds=microseconds)
    return whole_milliseconds(EPOCH + passed)


async def ping(client: Redis) -> None:
    """Return once the server has answered, or raise `StoreUnavailable`."""
    await answer(client.ping())


async def close(client: Redis) -> None:
    """Close all connections."""
    await client.aclose()
    await close_watch(client)

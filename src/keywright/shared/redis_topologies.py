"""Redis as several servers: a cluster, or a primary that sentinels watch.

`redis+cluster://host:port,host:port` and `redis+sentinel://host:port,host:port/name`;
with `rediss+…` the servers speak TLS. User and password are those of the servers.
"""

from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import SplitResult, unquote, urlsplit

from redis.asyncio import Redis, RedisCluster, Sentinel
from redis.asyncio.cluster import ClusterNode
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

CLUSTER = ("redis+cluster", "rediss+cluster")
SENTINEL = ("redis+sentinel", "rediss+sentinel")
MORE = 8
PORTS = {**dict.fromkeys(CLUSTER, 6379), **dict.fromkeys(SENTINEL, 26_379)}


def names_several(url: str) -> bool:
    """Say whether *url* is the address of several servers."""
    return urlsplit(url).scheme in PORTS


def open_several(url: str, *, seconds: float, connections: int) -> Redis:
    """Return a client of the servers at *url*, which connects when it is first used.

    No step is tried again; only who answers for a key is followed. Raise ValueError
    for an address that names no server, or no primary where it must.
    """
    parts = urlsplit(url)
    nodes = _nodes(parts)
    options: dict[str, Any] = {
        "username": unquote(parts.username) if parts.username else None,
        "password": unquote(parts.password) if parts.password else None,
        "ssl": parts.scheme.startswith("rediss"),
        "socket_timeout": seconds,
        "socket_connect_timeout": seconds,
        "socket_keepalive": True,
        "decode_responses": False,
        "protocol": 2,
        # These pools do not wait for a free connection, they refuse: so many more.
        "max_connections": MORE * connections,
        "retry": Retry(NoBackoff(), 0),
    }
    if parts.scheme in CLUSTER:
        startup = [ClusterNode(host, port) for host, port in nodes]
        # A cluster's client has every command of a server's that is used here.
        return cast("Redis", RedisCluster(startup_nodes=startup, **options))
    name = parts.path.strip("/")
    if not name:
        raise ValueError("The address of the sentinels names no service.")
    asked = {"socket_timeout": seconds, "socket_connect_timeout": seconds}
    sentinel = Sentinel(nodes, sentinel_kwargs=asked)  # type: ignore[no-untyped-call]  # theirs
    return cast("Redis", sentinel.master_for(name, **options))


async def told(client: Redis, section: str) -> list[Mapping[str, object]]:
    """Return what each server that takes writes tells of *section*."""
    several: object = client
    if not isinstance(several, RedisCluster):
        return [await client.info(section)]
    found = await several.initialize()
    return [
        await several.execute_command("INFO", section, target_nodes=node)
        for node in found.get_primaries()
    ]


def _nodes(parts: SplitResult) -> list[tuple[str, int]]:
    found = []
    for one in parts.netloc.rpartition("@")[2].split(","):
        host, _, port = one.rpartition(":") if ":" in one else (one, "", "")
        if not host:
            raise ValueError("The address of Redis names no server.")
        found.append((host, int(port) if port else PORTS[parts.scheme]))
    return found

"""Redis as several servers: a cluster, or a primary that sentinels watch.

`redis+cluster://host:port,host:port` and `redis+sentinel://host:port,host:port/name`;
with `rediss+…` all of them speak TLS. User and password are those of the servers; the
sentinels want none.
"""

from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import SplitResult, unquote, urlsplit

from redis.asyncio import Redis, RedisCluster, Sentinel
from redis.asyncio.cluster import ClusterNode
from redis.asyncio.retry import Retry
from redis.asyncio.sentinel import SentinelConnectionPool
from redis.backoff import NoBackoff

CLUSTER = ("redis+cluster", "rediss+cluster")
SENTINEL = ("redis+sentinel", "rediss+sentinel")
ASKED = ("ssl", "socket_timeout", "socket_connect_timeout", "protocol", "retry")
MORE = 8
PORTS = {**dict.fromkeys(CLUSTER, 6379), **dict.fromkeys(SENTINEL, 26_379)}


class Cluster(RedisCluster):
    """A cluster's client that knows who keeps what before it asks anybody.

    Without that knowledge commands go to any server, and after a few that went astray
    their client closes all connections, also those on which others await an answer.
    """

    async def execute_command(self, *args: Any, **options: Any) -> Any:  # noqa: ANN401 - theirs
        """Send one command to the server that keeps its key."""
        _ = await self.initialize()
        return await super().execute_command(*args, **options)


def names_several(url: str) -> bool:
    """Say whether *url* is the address of several servers."""
    return urlsplit(url).scheme in PORTS


def check_several(url: str) -> None:
    """Raise ValueError for what `open_several` refuses; nothing is opened."""
    parts = urlsplit(url)
    _nodes(parts)
    if parts.scheme in SENTINEL:
        _service(parts)


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
        # A key that moved is followed alone, for learning anew closes connections.
        followed = Cluster(startup_nodes=startup, reinitialize_steps=0, **options)
        return cast("Redis", followed)
    name = _service(parts)
    asked = {key: value for key, value in options.items() if key in ASKED}
    sentinel = Sentinel(nodes, sentinel_kwargs=asked, **options)  # type: ignore[no-untyped-call]  # theirs
    return cast("Redis", sentinel.master_for(name))


async def told(client: Redis, section: str) -> list[Mapping[str, object]]:
    """Return what each server tells of *section*, copies that can take over included.

    Servers that are known to be down are left out.
    """
    several: object = client
    if isinstance(several, RedisCluster):
        found = await several.initialize()
        return [
            await several.execute_command("INFO", section, target_nodes=node)
            for node in found.get_nodes()
        ]
    answers: list[Mapping[str, object]] = [await client.info(section)]
    pool = client.connection_pool
    if isinstance(pool, SentinelConnectionPool):
        watch = pool.sentinel_manager
        for host, port in await watch.discover_slaves(pool.service_name):
            copy = Redis(host=str(host), port=int(port), **watch.connection_kwargs)
            try:
                answers.append(await copy.info(section))
            finally:
                await copy.aclose()
    return answers


async def close_watch(client: Redis) -> None:
    """Close the connections to the sentinels, if *client* has any."""
    pool: object = getattr(client, "connection_pool", None)
    if isinstance(pool, SentinelConnectionPool):
        await pool.sentinel_manager.aclose()


def _service(parts: SplitResult) -> str:
    name = parts.path.strip("/")
    if not name:
        raise ValueError("The address of the sentinels names no service.")
    return name


def _nodes(parts: SplitResult) -> list[tuple[str, int]]:
    found = []
    for one in parts.netloc.rpartition("@")[2].split(","):
        host, _, port = one.rpartition(":") if ":" in one else (one, "", "")
        if not host:
            raise ValueError("The address of Redis names no server.")
        found.append((host, int(port) if port else PORTS[parts.scheme]))
    return found

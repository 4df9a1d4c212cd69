"""Reads everything that a service keeps, as somebody who stole its stores would."""

from pymongo import AsyncMongoClient
from redis.asyncio import Redis
from sqlalchemy import select

from keywright.shared.sql import Database
from keywright.shared.tables import Base
from tests.blueprints.harness import Service


async def dump(service: Service, *, only: str | None = None) -> str:
    """Return all tables, or *only* the one of that name, and all of Redis, as text."""
    url = service.settings.database_url.get_secret_value()
    read = _mongo if url.startswith("mongodb") else _sql
    parts = await read(url, only)
    if service.redis_url is not None and only is None:
        parts += await _redis(service.redis_url)
    return "\n".join(parts)


async def _sql(url: str, only: str | None) -> list[str]:
    database, parts = Database(url), []
    for table in Base.metadata.sorted_tables:
        if only in {None, table.name}:
            rows = await database.all(select(table))
            parts += [f"{table.name} {dict(row)}" for row in rows]
    await database.close()
    return parts


async def _mongo(url: str, only: str | None) -> list[str]:
    parts = []
    client = AsyncMongoClient[dict[str, object]](url, uuidRepresentation="standard")
    async with client:
        database = client.get_default_database()
        for name in await database.list_collection_names():
            if only in {None, name}:
                parts += [f"{name} {row}" async for row in database[name].find()]
    return parts


async def _redis(url: str) -> list[str]:
    parts = []
    async with Redis.from_url(url) as client:
        async for key in client.scan_iter("auth:*", count=1000):
            match await client.type(key):
                case b"hash":
                    value: object = await client.hgetall(key)
                case b"zset":
                    value = await client.zrange(key, 0, -1)
                case _:
                    value = await client.get(key)
            parts.append(f"{key!r} {value!r}")
    return parts

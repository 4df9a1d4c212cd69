"""Databases on the test server of PostgreSQL."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from urllib.parse import urlsplit, urlunsplit

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from keywright.shared.drivers import with_driver
from tests.places import address, worker


@cache
def emptied_postgres(beside: str) -> str:
    """Return the address of a database without what an earlier run left."""
    parts = urlsplit(address("postgres", "TEST_POSTGRES_URL"))
    name = f"auth_test_{worker()}{beside}"
    with ThreadPoolExecutor() as pool:
        pool.submit(lambda: asyncio.run(_empty(urlunsplit(parts), name))).result()
    return urlunsplit(parts._replace(path=f"/{name}"))


async def _empty(url: str, name: str) -> None:
    engine = create_async_engine(
        with_driver(url), isolation_level="AUTOCOMMIT", poolclass=NullPool
    )
    async with engine.connect() as connection:
        drop = text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        await connection.execute(drop)
        await connection.execute(text(f'CREATE DATABASE "{name}"'))
    await engine.dispose()

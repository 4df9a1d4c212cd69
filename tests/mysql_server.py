"""Addresses on the test server of MariaDB or MySQL."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from urllib.parse import SplitResult, urlsplit, urlunsplit

import asyncmy

from tests.places import address, worker


@cache
def mysql_url(beside: str = "") -> str:
    """Return the address of this process's database, which is made if missing.

    Or of one *beside* it.
    """
    return _made(beside, "CREATE DATABASE IF NOT EXISTS `{}`")


@cache
def emptied_mysql(beside: str) -> str:
    """Return the address of a database without what an earlier run left."""
    return _made(beside, "DROP DATABASE IF EXISTS `{}`", "CREATE DATABASE `{}`")


def _made(beside: str, *statements: str) -> str:
    parts = urlsplit(address("mysql", "TEST_MYSQL_URL"))
    name = f"auth_test_{worker()}{beside}"
    texts = [statement.format(name) for statement in statements]
    with ThreadPoolExecutor() as pool:
        pool.submit(lambda: asyncio.run(_execute(parts, texts))).result()
    return urlunsplit(parts._replace(path=f"/{name}"))


async def _execute(parts: SplitResult, statements: Sequence[str]) -> None:
    connection = await asyncmy.connect(
        host=parts.hostname,
        port=parts.port or 3306,
        user=parts.username or "root",
        password=parts.password or "",
    )
    async with connection.cursor() as cursor:
        for statement in statements:
            await cursor.execute(statement)
    connection.close()

"""What is said of a start that failed: which part, where, and what to do."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from keywright.service.explain import explanation
from keywright.shared.errors import StoreUnavailable
from keywright.shared.mongo import MongoDatabase
from keywright.shared.redis import close, open_redis, ping
from keywright.shared.sql import Database

SOON = timedelta(seconds=1)
NOWHERE = "u:s3cret@127.0.0.1:1"


async def _sql(url: str) -> None:
    database = Database(url, limit=SOON)
    try:
        await database.ping()
    finally:
        await database.close()


async def _mongo(url: str) -> None:
    database = MongoDatabase(url, limit=SOON)
    try:
        await database.ping()
    finally:
        await database.close()


async def _redis(url: str) -> None:
    client = open_redis(url)
    try:
        await ping(client)
    finally:
        await close(client)


@pytest.mark.parametrize(
    ("ask", "url", "told"),
    [
        (_sql, f"postgresql://{NOWHERE}/db", "The database at 127.0.0.1:1"),
        (_sql, f"mysql://{NOWHERE}/db", "The database at 127.0.0.1:1"),
        (_sql, "sqlite:////no/users.db", "The database in /no/users.db"),
        (_mongo, f"mongodb://{NOWHERE}/db", "The database at 127.0.0.1:1"),
        (_redis, f"redis://{NOWHERE}/0", "Redis at 127.0.0.1:1"),
        (_redis, f"redis+cluster://{NOWHERE}", "Redis at 127.0.0.1:1"),
    ],
)
async def test_a_part_that_does_not_answer_is_named_with_its_place(
    monkeypatch: pytest.MonkeyPatch,
    ask: Callable[[str], Awaitable[None]],
    url: str,
    told: str,
) -> None:
    monkeypatch.setenv("AUTH_REDIS_URL", url)
    with pytest.raises(StoreUnavailable) as outage:
        await ask(url)

    text = explanation(outage.value) or ""
    assert outage.value.__notes__[0].startswith(told.partition(" at ")[0])

    assert text.startswith(f"{told} does not answer (")
    assert text.endswith("Run: keywright doctor")
    assert "s3cret" not in text

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from keywright.shared.shutdown import Shutdown


def recording(closed: list[str], name: str) -> Callable[[], Awaitable[None]]:
    async def close() -> None:
        closed.append(name)

    return close


async def failing() -> None:
    raise OSError("gone")


async def hanging() -> None:
    await asyncio.Event().wait()


async def test_what_was_opened_last_is_closed_first() -> None:
    closed: list[str] = []
    shutdown = Shutdown()
    for name in ("database", "cache", "worker"):
        shutdown.add(name, recording(closed, name))
    await shutdown.close()

    assert closed == ["worker", "cache", "database"]


@pytest.mark.parametrize("broken", [failing, hanging])
async def test_a_part_that_does_not_close_holds_up_no_other(
    broken: Callable[[], Awaitable[None]], caplog: pytest.LogCaptureFixture
) -> None:
    closed: list[str] = []
    shutdown = Shutdown(longest=timedelta(milliseconds=1))
    shutdown.add("database", recording(closed, "database"))
    shutdown.add("cache", broken)
    await shutdown.close()

    assert closed == ["database"]
    assert [record.__dict__["part"] for record in caplog.records] == ["cache"]


async def test_closing_again_does_nothing() -> None:
    closed: list[str] = []
    shutdown = Shutdown()
    shutdown.add("database", recording(closed, "database"))
    await shutdown.close()
    await shutdown.close()

    assert closed == ["database"]

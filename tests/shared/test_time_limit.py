import asyncio
from typing import Literal

import pytest

from keywright.shared.time_limit import TimeLimit

SHORT, LONG = 0.02, 30.0


async def under(limit: TimeLimit, work: asyncio.Event) -> bool:
    """Wait for *work*; return whether the limit stopped that."""
    limit.start()
    try:
        await work.wait()
    except asyncio.CancelledError as error:
        if limit.stop(error):
            return True
        raise
    return limit.stop(None)


async def test_work_that_is_done_in_time_is_not_stopped() -> None:
    work = asyncio.Event()
    work.set()
    assert not await under(TimeLimit(LONG, cleanup=LONG), work)


async def test_work_that_hangs_is_stopped() -> None:
    assert await under(TimeLimit(SHORT, cleanup=LONG), asyncio.Event())


async def test_the_task_goes_on_after_it_was_stopped() -> None:
    await under(TimeLimit(SHORT, cleanup=LONG), asyncio.Event())
    await asyncio.sleep(0)
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0


async def test_cleaning_up_that_hangs_is_stopped_too() -> None:
    class Stubborn(asyncio.Event):
        async def wait(self) -> Literal[True]:
            try:
                return await super().wait()
            finally:
                await super().wait()

    assert await under(TimeLimit(SHORT, cleanup=SHORT), Stubborn())


async def test_cancelling_by_others_is_not_its_doing() -> None:
    task = asyncio.create_task(under(TimeLimit(LONG, cleanup=LONG), asyncio.Event()))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_an_error_in_time_is_not_its_doing() -> None:
    limit = TimeLimit(LONG, cleanup=LONG)
    limit.start()
    assert not limit.stop(OSError())

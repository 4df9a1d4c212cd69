"""Work beside requests is repeated until the application stops."""

import asyncio
import logging
from datetime import timedelta

import pytest

from keywright.shared import background
from keywright.shared.background import Job, once, running

TICK = timedelta(milliseconds=1)


class Counted:
    """Work that counts how often it was done, and says when there is enough."""

    def __init__(self, enough: int = 3, *, more: bool = False) -> None:
        self.times = 0
        self.enough = enough
        self.more = more
        self.done = asyncio.Event()

    async def __call__(self) -> bool:
        """Do the work once."""
        self.times += 1
        if self.times >= self.enough:
            self.done.set()
        return self.more and self.times < self.enough


async def test_a_job_is_repeated() -> None:
    work = Counted()

    async with running([Job("count", TICK, work)]):
        await asyncio.wait_for(work.done.wait(), 5)

    assert work.times >= 3


async def test_several_jobs_run_side_by_side() -> None:
    one, other = Counted(), Counted()

    async with running([Job("one", TICK, one), Job("other", TICK, other)]):
        await asyncio.wait_for(one.done.wait(), 5)
        await asyncio.wait_for(other.done.wait(), 5)


async def test_a_job_that_has_more_to_do_goes_on_at_once() -> None:
    work = Counted(enough=50, more=True)

    async with running([Job("count", timedelta(hours=1), work)]):
        await asyncio.wait_for(work.done.wait(), 5)

    assert work.times == 50


async def test_a_job_without_more_to_do_waits() -> None:
    work = Counted(enough=1)

    async with running([Job("count", timedelta(hours=1), work)]):
        await asyncio.wait_for(work.done.wait(), 5)
        await asyncio.sleep(0.02)

    assert work.times == 1


async def test_a_job_that_fails_is_logged_and_tried_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    tried = 0
    done = asyncio.Event()

    async def fail() -> bool:
        nonlocal tried
        tried += 1
        if tried == 3:
            done.set()
        message = "broken"
        raise RuntimeError(message)

    with caplog.at_level(logging.ERROR):
        async with running([Job("broken", TICK, fail)]):
            await asyncio.wait_for(done.wait(), 5)

    assert {record.__dict__["job"] for record in caplog.records} == {"broken"}


async def test_a_job_that_keeps_failing_is_tried_less_and_less_often() -> None:
    loop = asyncio.get_running_loop()
    tried: list[float] = []
    done = asyncio.Event()

    async def fail() -> bool:
        tried.append(loop.time())
        if len(tried) == 5:
            done.set()
        raise TimeoutError

    async with running([Job("broken", timedelta(milliseconds=10), fail)]):
        await asyncio.wait_for(done.wait(), 10)

    assert tried[4] - tried[0] > 0.9 * (0.02 + 0.04 + 0.08 + 0.16)
    assert timedelta(minutes=1) == background.LONGEST_PAUSE


async def test_a_failing_job_keeps_no_other() -> None:
    work = Counted()

    async def fail() -> bool:
        raise TimeoutError

    async with running([Job("broken", TICK, fail), Job("count", TICK, work)]):
        await asyncio.wait_for(work.done.wait(), 5)


async def test_a_job_that_hangs_ends_with_the_application() -> None:
    started = asyncio.Event()

    async def hang() -> bool:
        started.set()
        await asyncio.sleep(3600)
        return False

    async with running([Job("hanging", TICK, hang)]):
        await asyncio.wait_for(started.wait(), 5)

    names = {task.get_name() for task in asyncio.all_tasks()}
    assert "hanging" not in names


async def test_a_job_that_takes_a_cancelling_for_a_failure_ends_all_the_same() -> None:
    started = asyncio.Event()

    async def misunderstand() -> bool:
        started.set()
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError as error:
            raise ConnectionError from error
        return False

    async with asyncio.timeout(10):
        async with running([Job("deaf", TICK, misunderstand)]):
            await started.wait()

    assert "deaf" not in {task.get_name() for task in asyncio.all_tasks()}


async def test_jobs_end_although_the_application_failed() -> None:
    work = Counted()

    async def fail() -> None:
        async with running([Job("count", TICK, work)]):
            raise TimeoutError

    with pytest.raises(TimeoutError):
        await fail()

    assert "count" not in {task.get_name() for task in asyncio.all_tasks()}


async def test_work_that_is_done_once_has_no_more_to_do() -> None:
    done: list[bool] = []

    async def work() -> None:
        done.append(True)

    assert not await once(work)()
    assert done == [True]

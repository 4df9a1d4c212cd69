"""Work beside requests: repeated until the application stops."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from keywright.shared.secrets import random_fraction

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

log = logging.getLogger(__name__)
LONGEST_PAUSE = timedelta(minutes=1)
NUDGE = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Job:
    """Work that is repeated *every* so often; a little jitter keeps servers apart.

    *work* returns whether there is more to do at once.
    """

    name: str
    every: timedelta
    work: Callable[[], Awaitable[bool]]


@asynccontextmanager
async def running(jobs: Sequence[Job]) -> "AsyncIterator[None]":
    """Repeat *jobs* while the context is open; a failing one is logged and goes on.

    A job that is just running is cancelled at the end, again and again until it stops:
    what it calls may take a cancelling for a failure of its own.
    """
    stopping = asyncio.Event()
    tasks = {asyncio.create_task(_repeat(job, stopping), name=job.name) for job in jobs}
    try:
        yield
    finally:
        stopping.set()
        while tasks:
            for task in tasks:
                task.cancel()
            _, tasks = await asyncio.wait(tasks, timeout=NUDGE.total_seconds())


async def _repeat(job: Job, stopping: asyncio.Event) -> None:
    pause = job.every.total_seconds()
    wait = pause
    while not stopping.is_set():
        try:
            more = await job.work()
            wait = 0.0 if more else pause
        except Exception:
            log.exception("job failed", extra={"job": job.name})
            wait = min(max(wait, pause) * 2, LONGEST_PAUSE.total_seconds())
        await asyncio.sleep(wait * (0.9 + random_fraction() / 5))


def once(work: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[bool]]:
    """Return *work* as a job that never has more to do at once."""

    async def run() -> bool:
        await work()
        return False

    return run

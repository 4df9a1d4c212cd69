"""Several workers: started, started again when they die, told to leave together."""

import asyncio
import json
import logging
import signal
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Final

from keywright.service.server import DRAIN_SECONDS

READY: Final = b"ready\n"
PATIENCE: Final = DRAIN_SECONDS + 5
FIRST_PAUSE: Final = 0.1
LONGEST_PAUSE: Final = 10.0
HEALTHY_AFTER: Final = 30.0
log = logging.getLogger(__name__)


class Supervisor:
    """Keeps *count* worker processes alive until SIGTERM or SIGINT."""

    def __init__(
        self, count: int, order: Mapping[str, object], on_ready: Callable[[], None]
    ) -> None:
        """Give each worker *order*; call *on_ready* once when all have started."""
        self._count = count
        self._order = json.dumps(order).encode() + b"\n"
        self._on_ready = on_ready
        self._waiting = count
        self._exit_code = 0
        self._leaving = asyncio.Event()

    async def run(self) -> int:
        """Return 0 after a signal, or 1 if a worker could not even start."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._leaving.set)
        async with asyncio.TaskGroup() as group:
            for _ in range(self._count):
                group.create_task(self._keep())
        return self._exit_code

    async def _keep(self) -> None:
        pause, has_served = FIRST_PAUSE, False
        while not self._leaving.is_set():
            began = time.monotonic()
            process = await self._start()
            is_ready = await self._watch(process, is_first=not has_served)
            if self._leaving.is_set():
                return
            if not (is_ready or has_served):
                self._exit_code = 1
                self._leaving.set()
                return
            has_served = True
            lived = time.monotonic() - began
            pause = FIRST_PAUSE if lived > HEALTHY_AFTER else pause
            log.error(
                "worker ended, starting another",
                extra={"pid": process.pid, "exit_code": process.returncode},
            )
            with suppress(TimeoutError):
                await asyncio.wait_for(self._leaving.wait(), pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _start(self) -> Process:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "keywright.service.worker", stdin=PIPE, stdout=PIPE
        )
        assert process.stdin is not None  # noqa: S101 - PIPE
        process.stdin.write(self._order)
        return process

    async def _watch(self, process: Process, *, is_first: bool) -> bool:
        """Return when *process* has ended, by itself or told to; say if it served."""
        reading = asyncio.create_task(self._read(process, is_first=is_first))
        leaving = asyncio.create_task(self._leaving.wait())
        ended = asyncio.create_task(process.wait())
        await asyncio.wait({leaving, ended}, return_when=asyncio.FIRST_COMPLETED)
        leaving.cancel()
        if not ended.done():
            await self._dismiss(process)
        await ended
        return await reading

    async def _dismiss(self, process: Process) -> None:
        with suppress(ProcessLookupError):
            process.terminate()
        with suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), PATIENCE)
        if process.returncode is None:
            log.error("worker does not leave, ending it", extra={"pid": process.pid})
            self._exit_code = 1
            process.kill()

    async def _read(self, process: Process, *, is_first: bool) -> bool:
        assert process.stdout is not None  # noqa: S101 - PIPE
        is_ready = False
        async for line in process.stdout:
            is_ready = is_ready or line == READY
            if line == READY and is_first:
                self._waiting -= 1
                if self._waiting == 0:
                    self._on_ready()
        return is_ready

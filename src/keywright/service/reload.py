"""`dev`: the service in a process of its own, replaced when a file changes."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import Mapping
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from watchfiles import Change, DefaultFilter, awatch

from keywright.service.server import DRAIN_SECONDS

DEBOUNCE_MS: Final = 300


class _Sources(DefaultFilter):
    """Python files and `.env`, not what the service itself writes."""

    def __call__(self, change: Change, path: str) -> bool:
        name = Path(path).name
        is_source = name.endswith(".py") or name.startswith(".env")
        return is_source and super().__call__(change, path)


def serve_reloading(flags: Mapping[str, str | int]) -> int:
    """Serve until SIGTERM or SIGINT, starting again when `.env` or code changes.

    A service that cannot start waits for the next change.
    """
    return asyncio.run(_Reloading(flags).run())


class _Reloading:
    def __init__(self, flags: Mapping[str, str | int]) -> None:
        self._arguments = [
            f"--{name}={value}" for name, value in flags.items() if name != "env"
        ]
        self._leaving = asyncio.Event()

    async def run(self) -> int:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._leaving.set)
        process = await self._start()
        changes = awatch(
            *_folders(),
            watch_filter=_Sources(),
            debounce=DEBOUNCE_MS,
            stop_event=self._leaving,
        )
        async for changed in changes:
            names = ", ".join(sorted({Path(path).name for _, path in changed}))
            sys.stderr.write(f"{names} changed, starting again\n")
            await _end(process)
            process = await self._start()
        await _end(process)
        return 0

    async def _start(self) -> Process:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "keywright.cli.main",
            "serve",
            *self._arguments,
            env={**os.environ, "AUTH_ENV": "development"},
        )


async def _end(process: Process) -> None:
    if process.returncode is not None:
        return
    with suppress(ProcessLookupError):
        process.terminate()
    with suppress(TimeoutError):
        await asyncio.wait_for(process.wait(), DRAIN_SECONDS + 5)
    if process.returncode is None:
        process.kill()
        await process.wait()


def _folders() -> list[Path]:
    spec = find_spec("keywright")
    places = list(spec.submodule_search_locations or ()) if spec else []
    return [Path.cwd(), *(Path(place) for place in places)]

"""Real servers: uvicorn in processes of its own, on loopback."""

import os
import socket
import sys
from asyncio import (
    FIRST_COMPLETED,
    create_subprocess_exec,
    create_task,
    sleep,
    timeout,
    wait,
)
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from httpx2 import AsyncClient, HTTPError

from tests.blueprints.served import app as blueprint

STARTS_WITHIN = 100.0
STOPS_WITHIN = 20.0


def free_port() -> int:
    """Return a port of loopback that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@asynccontextmanager
async def served(
    environment: Mapping[str, str],
    *,
    workers: int,
    app: str = f"{blueprint.__module__}:app",
) -> AsyncIterator[str]:
    """Serve *app* by *workers* processes and yield its origin."""
    port = free_port()
    origin = f"http://127.0.0.1:{port}"
    process = await create_subprocess_exec(
        *(sys.executable, "-m", "uvicorn", "--factory", app),
        *("--host", "127.0.0.1", "--port", str(port), "--workers", str(workers)),
        *("--log-level", "warning"),
        env={**without_settings(), **environment, "AUTH_PUBLIC_URL": origin},
        stdout=DEVNULL,
    )
    ended = create_task(process.wait())
    try:
        began = create_task(ready(origin))
        await wait({began, ended}, return_when=FIRST_COMPLETED)
        if ended.done():
            began.cancel()
            raise RuntimeError(f"the service ended with {process.returncode}")
        await began
        yield origin
    finally:
        if process.returncode is None:
            process.terminate()
        async with timeout(STOPS_WITHIN):
            await ended


def without_settings() -> dict[str, str]:
    """Return this process's environment without the settings of any service."""
    return {
        name: value for name, value in os.environ.items() if not name.startswith("AUTH")
    }


async def ready(origin: str) -> None:
    """Return once the service at *origin* is ready."""
    async with timeout(STARTS_WITHIN), AsyncClient(base_url=origin) as client:
        while True:
            try:
                if (await client.get("/readyz")).status_code == 200:
                    return
            except HTTPError:
                pass
            await sleep(0.1)

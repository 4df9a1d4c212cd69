"""Clients that refresh again and again, and remember what was acknowledged."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from httpx2 import AsyncClient, HTTPError

from tests.faults.people import signed_in
from tests.faults.service import Killable, post

PAUSE = 0.05
LONGEST_OUTAGE = 60.0


@dataclass(slots=True)
class Load:
    """The last acknowledged token of each client, and the answers so far."""

    tokens: list[str]
    seen: Counter[int]

    async def acknowledged(self, refreshes: int) -> None:
        """Return once that many more refreshes have succeeded."""
        target = self.seen[200] + refreshes
        async with asyncio.timeout(LONGEST_OUTAGE):
            while self.seen[200] < target:
                await asyncio.sleep(PAUSE)


async def sessions_of(client: AsyncClient, email: str, number: int) -> list[str]:
    """Return the refresh tokens of that many new sessions."""
    return [(await signed_in(client, email))["refreshToken"] for _ in range(number)]


@asynccontextmanager
async def refreshing(
    service: Killable, tokens: Sequence[str], seen: Counter[int]
) -> AsyncGenerator[Load, None]:
    """Refresh all *tokens* over and over; *seen* counts the statuses.

    A refusal must say when to come again.
    """
    load = Load(list(tokens), seen)
    stop = asyncio.Event()

    async def refresh(number: int) -> None:
        async with service.client() as client:
            while not stop.is_set():
                body = {"refreshToken": load.tokens[number]}
                answer = await post(client, "refresh-token", body)
                assert answer is not None, "the service itself went away"
                if answer.status_code == 200:
                    given = answer.json()["data"]["tokens"]["refreshToken"]
                    load.tokens[number] = given
                else:
                    assert "retry-after" in answer.headers, answer.text
                seen[answer.status_code] += 1
                await asyncio.sleep(PAUSE)

    async with asyncio.TaskGroup() as clients:
        for number in range(len(load.tokens)):
            clients.create_task(refresh(number))
        try:
            yield load
        finally:
            stop.set()


async def recovers(service: Killable) -> float:
    """Return the seconds until the service is ready again."""
    began = time.monotonic()
    async with AsyncClient(base_url=service.origin, timeout=30) as client:
        while time.monotonic() - began < LONGEST_OUTAGE:
            try:
                if (await client.get("/readyz")).status_code == 200:
                    break
            except HTTPError:
                pass
            await asyncio.sleep(0.1)
    return time.monotonic() - began

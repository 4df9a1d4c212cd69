"""Asks every part whether it answers."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta

from keywright.features.health.types import PartState
from keywright.shared.clock import Now
from keywright.shared.errors import AuthError

Probe = Callable[[], Awaitable[None]]
LONGEST_WAIT = timedelta(seconds=2)


class Health:
    """Probes are asked side by side, and none for longer than two seconds."""

    def __init__(
        self,
        probes: Mapping[str, Probe],
        *,
        now: Now,
        watched: Mapping[str, Probe] | None = None,
        longest_wait: timedelta = LONGEST_WAIT,
    ) -> None:
        """Ask *probes*, by the names they are shown under.

        What is only *watched* is shown with them, and readiness does not ask it.
        """
        self._probes = dict(probes)
        self._watched = dict(watched or {})
        self._longest_wait = longest_wait.total_seconds()
        self._now = now
        self._started = now()

    @property
    def uptime(self) -> timedelta:
        """Return how long this process has been serving."""
        return self._now() - self._started

    def now(self) -> datetime:
        """Return the time that is shown."""
        return self._now()

    async def parts(self) -> dict[str, PartState]:
        """Return the state of every part, the watched ones included."""
        return await self._all({**self._probes, **self._watched})

    async def is_ready(self) -> bool:
        """Say whether every part answers that requests need."""
        return all(state.is_up for state in (await self._all(self._probes)).values())

    async def _all(self, probes: Mapping[str, Probe]) -> dict[str, PartState]:
        states = await asyncio.gather(*map(self._ask, probes.values()))
        return dict(zip(probes, states, strict=True))

    async def _ask(self, probe: Probe) -> PartState:
        began = time.perf_counter()
        try:
            async with asyncio.timeout(self._longest_wait):
                await probe()
        except (AuthError, TimeoutError, OSError):
            is_up = False
        else:
            is_up = True
        return PartState(is_up, timedelta(seconds=time.perf_counter() - began))

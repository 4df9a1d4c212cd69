"""Failures in this process's memory: nothing survives it, so for tests only."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from keywright.features.lockout.types import Failures


@dataclass(slots=True)
class Counted:
    """Tries under one key."""

    recent: int
    total: int
    last_at: datetime


class FailureCounts:
    """Tries by key."""

    def __init__(self) -> None:
        self._counted: dict[bytes, Counted] = {}

    async def count(self, key: bytes, *, window: timedelta, now: datetime) -> Failures:
        counted = self._counted.get(key)
        if counted is None:
            self._counted[key] = Counted(recent=1, total=1, last_at=now)
            return Failures(recent=1, total=1, previous_at=None)
        previous_at = counted.last_at
        paused = now - previous_at >= window
        counted.recent = 1 if paused else counted.recent + 1
        counted.total += 1
        counted.last_at = now
        return Failures(counted.recent, counted.total, previous_at)

    async def forgive(self, key: bytes) -> None:
        if counted := self._counted.get(key):
            counted.recent = max(0, counted.recent - 1)
            counted.total = max(0, counted.total - 1)

    async def clear(self, key: bytes) -> None:
        self._counted.pop(key, None)

    async def purge(self, *, before: datetime) -> int:
        old = [
            key for key, counted in self._counted.items() if counted.last_at < before
        ]
        for key in old:
            del self._counted[key]
        return len(old)

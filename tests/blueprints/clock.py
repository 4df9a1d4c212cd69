"""The clock of the services under test: it runs forward only, for all of them."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

NOTICED = timedelta(minutes=1)
"""Nothing that listens changes within less; asking all of them takes its time."""


class Clock:
    """Time as written into the file that AUTH_TEST_CLOCK names."""

    def __init__(self, file: Path) -> None:
        """Start without an offset."""
        self.file = file
        self._offset = timedelta(0)
        self._listeners: list[Callable[[], Awaitable[None]]] = []

    def subscribe(self, listener: Callable[[], Awaitable[None]]) -> None:
        """Call *listener* whenever a minute or more has passed."""
        self._listeners.append(listener)

    async def advance(self, by: timedelta) -> None:
        """Let *by* pass for every service of this test process."""
        self._offset += by
        seconds = f"{self._offset.total_seconds():.3f}"
        self.file.write_text(seconds, encoding="utf-8")
        if by >= NOTICED:
            for listener in self._listeners:
                await listener()

"""Close what was opened, so that a stop is clean even if a part of it is not."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final

log = logging.getLogger(__name__)
LONGEST: Final = timedelta(seconds=5)
Close = Callable[[], Awaitable[object]]


class Shutdown:
    """Closes parts in the reverse order of their opening, each in bounded time.

    A part that fails, or hangs, is logged, and the others are closed all the same.
    """

    def __init__(self, longest: timedelta = LONGEST) -> None:
        """Give each part *longest* to close."""
        self._longest = longest.total_seconds()
        self._parts: list[tuple[str, Close]] = []

    def add(self, name: str, close: Close) -> None:
        """Close *name* by *close*, before everything that was added earlier."""
        self._parts.append((name, close))

    async def close(self) -> None:
        """Close every part; harmless to repeat."""
        while self._parts:
            name, close = self._parts.pop()
            try:
                async with asyncio.timeout(self._longest):
                    await close()
            except Exception:
                log.exception("part not closed", extra={"part": name})

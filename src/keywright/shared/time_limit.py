"""A time limit that holds even while what it stopped is cleaned up."""

import asyncio


class TimeLimit:
    """Cancels the running task when its time is up, and again a little later.

    A driver that is cancelled closes its connection, which may wait for the same
    server; the second cancelling ends that. Two `asyncio.timeout` inside each other do
    the same for several times the cost, on every statement.
    """

    __slots__ = ("_before", "_cancelled", "_cleanup", "_seconds", "_task", "_timer")

    def __init__(self, seconds: float, *, cleanup: float) -> None:
        """Take how long the work may last, and how long cleaning up after it."""
        self._seconds = seconds
        self._cleanup = cleanup
        self._cancelled = 0

    def start(self) -> None:
        """Start the clock for the running task."""
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("a time limit needs a task")
        self._task = task
        self._before = task.cancelling()
        self._timer = task.get_loop().call_later(self._seconds, self._cancel)

    def stop(self, error: BaseException | None) -> bool:
        """Stop the clock; say whether *error*, which ended the work, is its doing."""
        self._timer.cancel()
        if not self._cancelled:
            return False
        remaining = [self._task.uncancel() for _ in range(self._cancelled)][-1]
        by_others = remaining > self._before
        return isinstance(error, asyncio.CancelledError) and not by_others

    def _cancel(self) -> None:
        self._cancelled += 1
        self._task.cancel()
        if self._cancelled == 1:
            loop = self._task.get_loop()
            self._timer = loop.call_later(self._cleanup, self._cancel)

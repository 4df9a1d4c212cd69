"""What keeps a SQL database from answering in time is one error, `StoreUnavailable`."""

from types import TracebackType
from typing import Final

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from keywright.shared.drivers import is_deadlock, is_outage
from keywright.shared.errors import StoreUnavailable
from keywright.shared.time_limit import TimeLimit

CLEANUP_SHARE: Final = 0.1


class Deadlocked(StoreUnavailable):
    """The transaction was undone so that another could go on; it may be run again."""


class Within:
    """Limits what is awaited inside, and names what keeps it from being done."""

    __slots__ = ("_limit", "_place")

    def __init__(self, seconds: float, place: str) -> None:
        """Allow the database at *place* *seconds*, a share of it for cleaning up."""
        self._place = place
        cleanup = seconds * CLEANUP_SHARE
        self._limit = TimeLimit(seconds - cleanup, cleanup=cleanup)

    async def __aenter__(self) -> None:
        """Start the clock."""
        self._limit.start()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Raise `StoreUnavailable` or `Deadlocked` for an *error* that tells of it."""
        if self._limit.stop(error) or isinstance(error, OSError | PoolTimeout):
            raise StoreUnavailable(self._place) from error
        if isinstance(error, DBAPIError):
            if is_deadlock(error):
                raise Deadlocked(self._place) from error
            if is_outage(error):
                raise StoreUnavailable(self._place) from error

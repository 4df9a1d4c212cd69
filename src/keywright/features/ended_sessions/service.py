"""The list of ended sessions as others read it, held in memory for half a second."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

from keywright.features.ended_sessions.policy import document, kept_for
from keywright.features.ended_sessions.store import EndedSessions, RaisedEpochs
from keywright.shared.clock import Now
from keywright.shared.public_names import public_name
from keywright.shared.secrets import digest, to_text

HELD_FOR = timedelta(milliseconds=500)
BATCH = 1000


@dataclass(frozen=True, slots=True)
class EndedList:
    """The document, and the entity tag that changes when it does."""

    content: bytes
    tag: str


class PublishedList:
    """Asks the stores at most twice a second, however many readers there are.

    And not at all while nobody reads. Readers that come while they are asked get
    the one answer, or the one failure.
    """

    def __init__(
        self,
        sessions: EndedSessions,
        epochs: RaisedEpochs,
        *,
        longest_life: timedelta,
        now: Now,
    ) -> None:
        """Publish what ended so lately that a token of *longest_life* may be good."""
        self._sessions = sessions
        self._epochs = epochs
        self._period = kept_for(longest_life)
        self._now = now
        self._list = EndedList(b"", "")
        self._read_at: datetime | None = None
        self._reading: asyncio.Task[EndedList] | None = None

    async def current(self) -> EndedList:
        """Return the list, at most half a second old; raise `StoreUnavailable`."""
        if self._is_fresh():
            return self._list
        if self._reading is None:
            self._reading = asyncio.create_task(self._read())
            self._reading.add_done_callback(self._has_read)
        # A reader that goes away takes nothing from the others.
        return await asyncio.shield(self._reading)

    async def purge(self) -> bool:
        """Remove what is published no more; say whether there may be more of it."""
        before = self._now() - self._period
        return await self._sessions.purge(before=before) >= BATCH

    def _is_fresh(self) -> bool:
        if self._read_at is None:
            return False
        return timedelta(0) <= self._now() - self._read_at < HELD_FOR

    async def _read(self) -> EndedList:
        now = self._now()
        moment = now - self._period
        sessions, epochs = await asyncio.gather(
            self._sessions.since(moment), self._epochs.raised_since(moment)
        )
        content = document(
            map(public_name, sessions),
            {public_name(user_id): epoch for user_id, epoch in epochs.items()},
            period=self._period,
        )
        if content != self._list.content:
            self._list = EndedList(content, f'"{to_text(digest(content)[:16])}"')
        self._read_at = now
        return self._list

    def _has_read(self, reading: "asyncio.Task[EndedList]") -> None:
        self._reading = None
        if not reading.cancelled():
            reading.exception()

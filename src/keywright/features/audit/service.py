"""The audit trail: every event is a log line, and most are kept in a table."""

import asyncio
import logging

from keywright.features.audit.policy import ROUTINE, details_of, session_label
from keywright.features.audit.store import AuditStore
from keywright.features.audit.types import AuditEntry
from keywright.shared.clock import Now
from keywright.shared.context import current_request
from keywright.shared.events import Event
from keywright.shared.secrets import new_id

log = logging.getLogger("audit")
LONGEST_QUEUE = 10_000


class AuditTrail:
    """A listener that never makes a request wait for the table.

    The log line is written at once. What is to be kept waits in memory for `flush`; if
    the table falls behind by ten thousand entries, further ones are in the log only.
    """

    def __init__(self, store: AuditStore, *, now: Now) -> None:
        """Keep entries in *store*."""
        self._store = store
        self._now = now
        self._waiting: asyncio.Queue[AuditEntry] = asyncio.Queue(LONGEST_QUEUE)

    async def __call__(self, event: Event) -> None:
        """Log *event*, and keep it for the table unless it is routine."""
        entry = self._entry(event)
        fields = dict(entry.details)
        if entry.address is not None:
            fields["address"] = entry.address
        if entry.user_id is not None:
            fields["user_id"] = str(entry.user_id)
        if entry.session is not None:
            fields["session"] = entry.session
        log.info(entry.event, extra=fields)
        if entry.event in ROUTINE:
            return
        try:
            self._waiting.put_nowait(entry)
        except asyncio.QueueFull:
            log.warning("audit table is behind", extra={"lost": entry.event})

    async def flush(self) -> bool:
        """Write what waits to the table; False, for there is nothing left."""
        while not self._waiting.empty():
            entry = self._waiting.get_nowait()
            try:
                await self._store.add(entry)
            except Exception:
                self._put_back(entry)
                raise
        return False

    def _put_back(self, entry: AuditEntry) -> None:
        if not self._waiting.full():
            self._waiting.put_nowait(entry)

    def _entry(self, event: Event) -> AuditEntry:
        context = current_request.get()
        return AuditEntry(
            id=new_id(),
            at=self._now(),
            event=type(event).__name__,
            user_id=getattr(event, "user_id", None),
            session=session_label(getattr(event, "session_id", None)),
            address=context.address,
            request_id=context.request_id,
            details=details_of(event),
        )

"""Where audit entries are kept."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from keywright.features.audit.types import AuditEntry


class AuditStore(Protocol):
    """Audit entries: added and read, never changed."""

    async def add(self, entry: AuditEntry) -> None:
        """Add *entry*; adding the same id again does nothing."""

    async def newest(
        self,
        *,
        user_id: UUID | None = None,
        event: str | None = None,
        before: datetime | None = None,
        most: int = 100,
    ) -> Sequence[AuditEntry]:
        """Return up to *most* entries, newest first, narrowed by what is given."""

    async def purge(self, *, before: datetime) -> int:
        """Remove up to 1000 from before *before*; return how many."""

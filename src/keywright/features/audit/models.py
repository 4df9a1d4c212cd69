"""The table of audit entries."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import JSON, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from keywright.shared.tables import AsciiText, Base


class AuditEntryRow(Base):
    """An audit entry; it outlives the user that it names."""

    __tablename__ = "audit_events"
    __table_args__ = (Index("ix_audit_events_user_id_at", "user_id", "at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    event: Mapped[str] = mapped_column(AsciiText(64))
    user_id: Mapped[UUID | None]
    session: Mapped[str | None] = mapped_column(AsciiText(8))
    address: Mapped[str | None] = mapped_column(String(45))
    request_id: Mapped[str | None] = mapped_column(String(128))
    details: Mapped[dict[str, str]] = mapped_column(JSON)

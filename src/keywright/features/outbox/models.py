"""The table of letters."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from keywright.shared.tables import AsciiText, Base, SealedText

REASON_LENGTH = 255


class LetterRow(Base):
    """A letter: due at once, or from *due_at*, which a lease moves to its own end."""

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_status_created_at", "status", "created_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(AsciiText(64))
    sealed: Mapped[str] = mapped_column(SealedText())
    status: Mapped[str] = mapped_column(AsciiText(16))
    attempts: Mapped[int]
    lease: Mapped[UUID | None]
    due_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    reason: Mapped[str | None] = mapped_column(String(REASON_LENGTH))

"""The table of sessions."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from keywright.features.users.models import UserRow
from keywright.shared.tables import AsciiText, Base


class SessionRow(Base):
    """A session; only an opaque one has a *digest* of its own."""

    __tablename__ = "sessions"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(
        ForeignKey(UserRow.id, ondelete="CASCADE"), index=True
    )
    digest: Mapped[bytes | None] = mapped_column(unique=True)
    user_agent: Mapped[str] = mapped_column(String(512))
    address: Mapped[str] = mapped_column(String(45))
    amr: Mapped[str] = mapped_column(AsciiText(128))
    epoch: Mapped[int]
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    idle_expires_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    revoked_at: Mapped[datetime | None]
    revoked_reason: Mapped[str | None] = mapped_column(AsciiText(32))

"""The table of families."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from keywright.features.sessions.models import SessionRow
from keywright.features.users.models import UserRow
from keywright.shared.tables import AsciiText, Base


class RefreshFamilyRow(Base):
    """A family, which is the session of the same id.

    No index holds a column that a rotation changes: the row is updated in place.
    """

    __tablename__ = "refresh_tokens"

    id: Mapped[UUID] = mapped_column(
        ForeignKey(SessionRow.id, ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[UUID] = mapped_column(
        ForeignKey(UserRow.id, ondelete="CASCADE"), index=True
    )
    current_digest: Mapped[bytes]
    previous_digest: Mapped[bytes | None]
    rotated_at: Mapped[datetime]
    epoch: Mapped[int]
    idle_expires_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    revoked_reason: Mapped[str | None] = mapped_column(AsciiText(32))

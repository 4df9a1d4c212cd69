"""The table of ended sessions."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from keywright.shared.tables import Base


class EndedSessionRow(Base):
    """An id; refers to no other table, because it outlives the session's rows."""

    __tablename__ = "ended_sessions"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    ended_at: Mapped[datetime] = mapped_column(index=True)

"""The table of failures."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from keywright.shared.tables import Base


class FailuresRow(Base):
    """Tries under one key; *previous_at* is the time of the one before the last.

    Every try changes *last_at*, so it has no index; the purge reads the table.
    """

    __tablename__ = "failures"

    key: Mapped[bytes] = mapped_column(primary_key=True)
    recent: Mapped[int]
    total: Mapped[int]
    previous_at: Mapped[datetime | None]
    last_at: Mapped[datetime]

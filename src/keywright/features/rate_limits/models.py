"""The table of limited keys."""

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from keywright.shared.tables import AsciiText, Base


class RateLimitRow(Base):
    """A key of one limit.

    *free_at* is the instant at which all its acts have come free, in microseconds
    since 1970: a share of a period need not be whole milliseconds. Every hit changes
    it, so it has no index; the purge reads the table.
    """

    __tablename__ = "rate_limits"

    key: Mapped[bytes] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(AsciiText(64), primary_key=True)
    free_at: Mapped[int] = mapped_column(BigInteger)

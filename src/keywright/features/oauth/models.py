"""The table of redirects that are under way."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from keywright.shared.tables import AsciiText, Base, SealedText


class TransactionRow(Base):
    """A transaction; it is deleted when it is used."""

    __tablename__ = "oauth_transactions"

    digest: Mapped[bytes] = mapped_column(primary_key=True)
    provider: Mapped[str] = mapped_column(AsciiText(32))
    browser: Mapped[bytes]
    data: Mapped[str] = mapped_column(SealedText())
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)

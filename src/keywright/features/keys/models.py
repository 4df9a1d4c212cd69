"""The table of signing keys."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from keywright.shared.tables import AsciiText, Base, SealedText


class SigningKeyRow(Base):
    """A signing key; its number is given by who makes it, so two cannot share one."""

    __tablename__ = "signing_keys"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kid: Mapped[str] = mapped_column(AsciiText(64), unique=True)
    algorithm: Mapped[str] = mapped_column(AsciiText(16))
    private: Mapped[str] = mapped_column(SealedText())
    created_at: Mapped[datetime]
    active_at: Mapped[datetime]
    gone_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

"""The table of signing keys."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from keywright.shared.tables import Base, ascii_text, sealed_text


class SigningKeyRow(Base):
    """A signing key; its number is given by who makes it, so two cannot share one."""

    __tablename__ = "signing_keys"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kid: Mapped[str] = mapped_column(ascii_text(64), unique=True)
    algorithm: Mapped[str] = mapped_column(ascii_text(16))
    private: Mapped[str] = mapped_column(sealed_text())
    created_at: Mapped[datetime]
    active_at: Mapped[datetime]
    gone_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

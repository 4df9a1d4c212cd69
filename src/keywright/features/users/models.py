"""The table of users."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from keywright.shared.tables import AsciiText, Base


class UserRow(Base):
    """A user.

    Addresses are looked up by *email_digest*, the SHA-256 of the canonical form:
    databases disagree about which texts are equal.
    """

    __tablename__ = "users"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    first_name: Mapped[str | None] = mapped_column(String(200))
    last_name: Mapped[str | None] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(254))
    email_digest: Mapped[bytes] = mapped_column(unique=True)
    password_hash: Mapped[str | None] = mapped_column(AsciiText(512))
    role: Mapped[str] = mapped_column(String(64))
    is_email_verified: Mapped[bool]
    status: Mapped[str] = mapped_column(AsciiText(16))
    epoch: Mapped[int]
    epoch_raised_at: Mapped[datetime | None] = mapped_column(index=True)
    avatar_key: Mapped[str | None] = mapped_column(AsciiText(255))
    avatar_url: Mapped[str | None] = mapped_column(String(1024))
    avatar_size: Mapped[int | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    last_login_at: Mapped[datetime | None]
    purge_after: Mapped[datetime | None] = mapped_column(index=True)

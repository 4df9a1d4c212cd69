"""The table of identities."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from keywright.features.users.models import UserRow
from keywright.shared.tables import AsciiText, Base, SealedText


class IdentityRow(Base):
    """An identity.

    It is looked up by *key*, the SHA-256 over issuer and subject: databases disagree
    about which texts are equal. Tokens are sealed.
    """

    __tablename__ = "identities"
    __table_args__ = (
        UniqueConstraint("user_id", "provider", name="uq_identities_user_id_provider"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey(UserRow.id, ondelete="CASCADE"))
    provider: Mapped[str] = mapped_column(AsciiText(32))
    issuer: Mapped[str] = mapped_column(String(512))
    subject: Mapped[str] = mapped_column(String(255))
    key: Mapped[bytes] = mapped_column(unique=True)
    email: Mapped[str | None] = mapped_column(String(254))
    linked_at: Mapped[datetime]
    access_token: Mapped[str | None] = mapped_column(SealedText())
    refresh_token: Mapped[str | None] = mapped_column(SealedText())

"""The table of challenges."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from keywright.shared.tables import AsciiText, Base, SealedText, binary


class ChallengeRow(Base):
    """A challenge.

    *open_lane* is the lane until the challenge is superseded or done. It is unique, so
    that of two issued at once one waits for the other and supersedes it.
    """

    __tablename__ = "otps"
    __table_args__ = (
        UniqueConstraint("open_lane", "purpose", name="uq_otps_open_lane_purpose"),
    )

    id: Mapped[bytes] = mapped_column(binary(16), primary_key=True)
    purpose: Mapped[str] = mapped_column(AsciiText(32))
    subject: Mapped[UUID | None] = mapped_column(index=True)
    open_lane: Mapped[UUID | None]
    proof: Mapped[bytes]
    attempts: Mapped[int]
    max_attempts: Mapped[int]
    data: Mapped[str] = mapped_column(SealedText())
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    resend_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    superseded_at: Mapped[datetime | None]

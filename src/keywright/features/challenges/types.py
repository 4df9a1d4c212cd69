"""Challenges: mailed proofs, one row per flow."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

RESUME_AFTER = timedelta(seconds=30)
"""How long a proof that was used without effect stays reserved for its user."""


class Purpose(StrEnum):
    """What a challenge is good for, and nothing else."""

    EMAIL_VERIFICATION = "email-verification"
    SIGN_IN = "signin"
    PASSWORD_RESET = "password-reset"  # noqa: S105 - the name of a purpose
    PASSWORD_CHANGE = "password-change"  # noqa: S105 - the name of a purpose
    RESET_TOKEN = "reset-token"  # noqa: S105 - the name of a purpose
    DELETION = "deletion"
    REACTIVATION = "reactivation"


@dataclass(frozen=True, slots=True)
class Challenge:
    """One flow: a code or token that was mailed, and what is known of its use.

    *id* is the flow id, 16 random bytes. *subject* is the user it is about, or the id
    of the user to be; None for an unknown address, which can never pass. *proof* is
    a MAC over purpose, id, address and code. *data* is sealed. *done_at* is set when
    the effect of the used proof is complete.
    """

    id: bytes
    purpose: Purpose
    subject: UUID | None
    proof: bytes
    max_attempts: int
    created_at: datetime
    expires_at: datetime
    resend_at: datetime
    data: str = ""
    attempts: int = 0
    used_at: datetime | None = None
    done_at: datetime | None = None
    superseded_at: datetime | None = None

"""The tables of all features, as they should be."""

from typing import Final

from sqlalchemy import MetaData

from keywright.features.audit.models import AuditEntryRow
from keywright.features.challenges.models import ChallengeRow
from keywright.features.ended_sessions.models import EndedSessionRow
from keywright.features.identities.models import IdentityRow
from keywright.features.keys.models import SigningKeyRow
from keywright.features.lockout.models import FailuresRow
from keywright.features.oauth.models import TransactionRow
from keywright.features.outbox.models import LetterRow
from keywright.features.rate_limits.models import RateLimitRow
from keywright.features.refresh_tokens.models import RefreshFamilyRow
from keywright.features.sessions.models import SessionRow
from keywright.features.users.models import UserRow
from keywright.shared.tables import Base

METADATA: Final[MetaData] = Base.metadata

VERSION_TABLE: Final = "keywright_revision"
"""Not Alembic's own name: an application that shares the database may use that."""

ROWS: Final = (
    AuditEntryRow,
    ChallengeRow,
    EndedSessionRow,
    FailuresRow,
    IdentityRow,
    LetterRow,
    RateLimitRow,
    RefreshFamilyRow,
    SessionRow,
    SigningKeyRow,
    TransactionRow,
    UserRow,
)

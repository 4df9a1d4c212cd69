"""The collections of all features, as they should be."""

from typing import Final

from keywright.features.audit.documents import AUDIT_EVENTS
from keywright.features.challenges.documents import OTPS
from keywright.features.ended_sessions.documents import ENDED_SESSIONS
from keywright.features.identities.documents import IDENTITIES
from keywright.features.keys.documents import SIGNING_KEYS
from keywright.features.lockout.documents import FAILURES
from keywright.features.oauth.documents import TRANSACTIONS
from keywright.features.opaque_sessions.documents import SESSIONS
from keywright.features.outbox.documents import LETTERS
from keywright.features.rate_limits.documents import RATE_LIMITS
from keywright.features.refresh_tokens.documents import FAMILIES
from keywright.features.users.documents import USERS

EVERY: Final = (
    AUDIT_EVENTS,
    ENDED_SESSIONS,
    FAILURES,
    FAMILIES,
    IDENTITIES,
    LETTERS,
    OTPS,
    RATE_LIMITS,
    SESSIONS,
    SIGNING_KEYS,
    TRANSACTIONS,
    USERS,
)

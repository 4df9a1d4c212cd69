"""Who sends a request, as far as an access token tells."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Principal:
    """Whom a good access token of a living session speaks for.

    *role* is what it was when the token was made. *auth_time* is when the user signed
    in, *amr* by which factors (RFC 8176).
    """

    user_id: UUID
    session_id: UUID
    role: str
    auth_time: datetime
    amr: tuple[str, ...]
    expires_at: datetime

"""Tokens of opaque sessions for tests."""

from keywright.features.opaque_sessions.types import PresentedSession
from keywright.features.sessions.types import Session

DIGEST = b"d" * 32


def presented(session: Session, digest: bytes = DIGEST) -> PresentedSession:
    """Return a token that names *session*."""
    return PresentedSession(session.id, session.user_id, digest)

"""Families of refresh tokens keep sessions, and keys sign access tokens."""

from dataclasses import dataclass

from keywright.features.ended_sessions.store import EndedSessions
from keywright.features.keys.store import KeyStore
from keywright.features.refresh_tokens.store import RefreshFamilyStore


@dataclass(frozen=True, slots=True)
class Held:
    """Families, which of them have ended, and keys."""

    families: RefreshFamilyStore
    ended: EndedSessions
    keys: KeyStore

"""Families of refresh tokens keep sessions; nothing that is kept signs."""

from dataclasses import dataclass

from keywright.features.ended_sessions.store import EndedSessions
from keywright.features.refresh_tokens.store import RefreshFamilyStore


@dataclass(frozen=True, slots=True)
class Held:
    """Families, and which of them have ended."""

    families: RefreshFamilyStore
    ended: EndedSessions

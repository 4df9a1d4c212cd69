"""Who keeps sessions, and what belongs to them: everything that there is.

A slot: copied code fills it with what its blueprint keeps.
"""

from dataclasses import dataclass

from keywright.features.ended_sessions.store import EndedSessions
from keywright.features.keys.store import KeyStore
from keywright.features.opaque_sessions.store import SessionStore
from keywright.features.refresh_tokens.store import RefreshFamilyStore


@dataclass(frozen=True, slots=True)
class Held:
    """Families or opaque sessions, and keys that sign."""

    families: RefreshFamilyStore
    ended: EndedSessions
    sessions: SessionStore
    keys: KeyStore

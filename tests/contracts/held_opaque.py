"""Sessions are kept by themselves."""

from dataclasses import dataclass

from keywright.features.opaque_sessions.store import SessionStore


@dataclass(frozen=True, slots=True)
class Held:
    """Sessions that are looked up with every request."""

    sessions: SessionStore

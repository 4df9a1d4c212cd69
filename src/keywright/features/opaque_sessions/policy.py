"""When the use of a session is written down.

Every request uses its session, and a write for each would make the busiest path a
write. So the store moves only when what it knows is older than a step. The step is a
small part of the idle lifetime, else a session in use would end before its time.
"""

from datetime import datetime, timedelta

from keywright.features.opaque_sessions.types import SessionLifetimes
from keywright.features.sessions.types import Session

PART_OF_IDLE = 20


def step(lifetimes: SessionLifetimes) -> timedelta:
    """Return how old *last seen* may get: at most a twentieth of the idle lifetime."""
    return min(lifetimes.seen_every, lifetimes.idle / PART_OF_IDLE)


def extended(
    session: Session, lifetimes: SessionLifetimes, *, now: datetime
) -> datetime | None:
    """Return until when *session*, used *now*, is idle; None if nothing is written."""
    if now - session.last_seen_at < step(lifetimes):
        return None
    return min(now + lifetimes.idle, session.expires_at)

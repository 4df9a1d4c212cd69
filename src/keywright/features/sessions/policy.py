"""When a session is alive, and which ones are too many."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from keywright.features.sessions.types import Session


def is_live(session: Session, *, epoch: int, now: datetime) -> bool:
    """Say whether *session* is neither ended, expired nor of an older epoch."""
    return (
        session.revoked_at is None
        and session.epoch == epoch
        and now < min(session.idle_expires_at, session.expires_at)
    )


def live(
    sessions: Iterable[Session], *, epoch: int, now: datetime
) -> Sequence[Session]:
    """Return those of *sessions* that are alive, newest first."""
    return _newest_first(one for one in sessions if is_live(one, epoch=epoch, now=now))


def over_cap(sessions: Sequence[Session], *, most: int) -> list[UUID]:
    """Return the ids of all but the newest *most* of the live *sessions*.

    The order is total, so that however many sign in at once, all agree on which
    *most* stay.
    """
    return [session.id for session in _newest_first(sessions)[most:]]


def _newest_first(sessions: Iterable[Session]) -> Sequence[Session]:
    return sorted(sessions, key=lambda one: (one.created_at, one.id), reverse=True)

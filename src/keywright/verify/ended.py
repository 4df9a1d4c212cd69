"""The sessions that have ended: followed once a second, and kept while that fails."""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

from keywright.shared.access_tokens import AccessClaims
from keywright.shared.clock import Now
from keywright.shared.public_names import public_name
from keywright.verify.errors import NotReady, SessionOver, Stale
from keywright.verify.source import Source, SourceUnavailable

log = logging.getLogger(__name__)


class FollowedList:
    """The list as it was last had."""

    def __init__(
        self, source: Source, *, fail_closed_after: timedelta | None, now: Now
    ) -> None:
        """Take the *source* of the list; nothing is asked of it yet."""
        self._source = source
        self._fail_closed_after = fail_closed_after
        self._now = now
        self._tag: str | None = None
        self._sessions: frozenset[str] = frozenset()
        self._epochs: Mapping[str, int] = {}
        self._as_of: datetime | None = None
        self._is_failing = False

    @property
    def stale_for(self) -> timedelta | None:
        """Return how old the list is, or None before the first one."""
        return None if self._as_of is None else self._now() - self._as_of

    async def poll(self) -> bool:
        """Get the list if it changed; a job's work."""
        asked_at = self._now()
        try:
            fetched = await self._source.fetch(self._tag)
            if fetched is not None:
                self._sessions, self._epochs = _read(fetched.content)
                self._tag = fetched.tag
        except SourceUnavailable as error:
            if not self._is_failing:
                log.warning("ended_sessions_unavailable", extra={"detail": str(error)})
            self._is_failing = True
            return False
        if self._is_failing:
            log.info("ended_sessions_available")
        self._is_failing = False
        self._as_of = asked_at
        return False

    def require_alive(self, claims: AccessClaims) -> None:
        """Raise `SessionOver` if the session ended; `NotReady` without any list.

        Raise `Stale` if the list is older than is tolerated.
        """
        if self._as_of is None:
            raise NotReady
        limit = self._fail_closed_after
        if limit is not None and self._now() - self._as_of > limit:
            raise Stale
        if public_name(claims.session_id) in self._sessions:
            raise SessionOver
        if self._epochs and claims.epoch < self._epochs.get(
            public_name(claims.user_id), 0
        ):
            raise SessionOver


def _read(document: Mapping[str, object]) -> tuple[frozenset[str], Mapping[str, int]]:
    sessions, users = document.get("sessions"), document.get("users")
    if not isinstance(sessions, list) or not isinstance(users, dict):
        raise SourceUnavailable("is no list of ended sessions")
    if not all(isinstance(one, str) for one in sessions):
        raise SourceUnavailable("names sessions by something else than text")
    if not all(isinstance(epoch, int) for epoch in users.values()):
        raise SourceUnavailable("names epochs that are no numbers")
    return frozenset(sessions), users

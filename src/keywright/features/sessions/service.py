"""A user's own sessions: listed and ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from keywright.features.sessions.errors import SessionNotFound
from keywright.features.sessions.events import SessionEndedBy, SessionsEnded
from keywright.features.sessions.policy import over_cap
from keywright.features.sessions.store import OpenSessions
from keywright.features.sessions.types import EndReason, Principal, Session
from keywright.features.users.types import User
from keywright.shared.clock import Now
from keywright.shared.events import Publish


@dataclass(frozen=True, slots=True)
class OwnSessions:
    """What users can do with their own sessions, and with no others."""

    sessions: OpenSessions
    publish: Publish
    now: Now

    async def listed(self, principal: Principal) -> Sequence[Session]:
        """Return the live sessions of the principal's user, newest first."""
        user = principal.user
        return await self.sessions.of_user(user.id, epoch=user.epoch, now=self.now())

    async def end(self, principal: Principal, session_id: UUID) -> None:
        """End one session; raise `SessionNotFound` if it is not the user's."""
        if not await self._end(principal, session_id, EndReason.ENDED_BY_USER):
            raise SessionNotFound

    async def sign_out(self, principal: Principal) -> None:
        """End the principal's own session; doing it again does nothing."""
        await self._end(principal, principal.session_id, EndReason.SIGNED_OUT)

    async def end_others(self, principal: Principal, *, include_current: bool) -> int:
        """End all sessions of the user but the current one; return how many."""
        keep = None if include_current else principal.session_id
        count = await self.sessions.end_others(
            principal.user.id,
            keep=keep,
            reason=EndReason.ENDED_BY_USER,
            now=self.now(),
        )
        await self.publish(
            SessionsEnded(principal.user.id, count, EndReason.ENDED_BY_USER)
        )
        return count

    async def _end(
        self, principal: Principal, session_id: UUID, reason: EndReason
    ) -> bool:
        owner, publish, now = principal.user.id, self.publish, self.now()
        return await end_one(
            self.sessions, session_id, owner, reason=reason, publish=publish, now=now
        )


async def end_one(
    sessions: OpenSessions,
    session_id: UUID,
    user_id: UUID,
    *,
    reason: EndReason,
    publish: Publish,
    now: datetime,
) -> bool:
    """End the session and publish that; False if it cannot be or was already."""
    ended = await sessions.end(session_id, user_id, reason=reason, now=now)
    if ended:
        await publish(SessionEndedBy(user_id, session_id, reason))
    return ended


async def end_over_cap(
    sessions: OpenSessions, user: User, *, most: int, now: datetime
) -> None:
    """End all but the newest *most* of the live sessions of *user*."""
    live = await sessions.of_user(user.id, epoch=user.epoch, now=now)
    for session_id in over_cap(live, most=most):
        await sessions.end(session_id, user.id, reason=EndReason.TOO_MANY, now=now)

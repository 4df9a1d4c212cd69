"""A user's own sessions: listed and ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from keywright.features.sessions.errors import SessionNotFound
from keywright.features.sessions.events import SessionEndedBy, SessionsEnded
from keywright.features.sessions.store import OpenSessions
from keywright.features.sessions.types import EndReason, Principal, Session
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
        reason = EndReason.ENDED_BY_USER
        ended = await self.sessions.end(
            session_id, principal.user.id, reason=reason, now=self.now()
        )
        if not ended:
            raise SessionNotFound
        await self.publish(SessionEndedBy(principal.user.id, session_id, reason))

    async def sign_out(self, principal: Principal) -> None:
        """End the principal's own session; doing it again does nothing."""
        ended = await self.sessions.end(
            principal.session_id,
            principal.user.id,
            reason=EndReason.SIGNED_OUT,
            now=self.now(),
        )
        if ended:
            await self.publish(
                SessionEndedBy(
                    principal.user.id, principal.session_id, EndReason.SIGNED_OUT
                )
            )

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

"""Opaque sessions: opened by the door, looked up at every request, ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from keywright.features.opaque_sessions.policy import extended
from keywright.features.opaque_sessions.store import SessionStore
from keywright.features.opaque_sessions.types import PresentedSession, SessionLifetimes
from keywright.features.sessions.errors import SessionEnded
from keywright.features.sessions.policy import is_live
from keywright.features.sessions.service import end_one, end_over_cap
from keywright.features.sessions.types import (
    Credentials,
    Device,
    EndReason,
    PresentedCredentials,
    Principal,
    Session,
)
from keywright.features.users.policy import may_sign_in
from keywright.features.users.types import User
from keywright.shared.clock import Now
from keywright.shared.errors import NotSignedIn
from keywright.shared.events import Publish
from keywright.shared.secrets import digest, from_text, new_id, random_bytes, to_text

ID_BYTES = 16
SECRET_BYTES = 32
TOKEN_LETTERS = 86


@dataclass(frozen=True, slots=True)
class OpaqueSessions:
    """Opens, checks and ends sessions: a `CredentialIssuer` and an `Authenticator`.

    A token is 256 random bits behind the ids of its session and user: by these one
    read finds both, wherever each is kept. The store has the digest of all of it.
    """

    sessions: SessionStore
    lifetimes: SessionLifetimes
    max_sessions: int
    publish: Publish
    now: Now

    async def open(
        self, user: User, device: Device, *, amr: Sequence[str]
    ) -> Credentials:
        """Open a session of *user* and end the oldest ones over the cap."""
        now = self.now()
        session = Session(
            id=new_id(),
            user_id=user.id,
            device=device,
            epoch=user.epoch,
            amr=tuple(amr),
            created_at=now,
            last_seen_at=now,
            idle_expires_at=now + min(self.lifetimes.idle, self.lifetimes.absolute),
            expires_at=now + self.lifetimes.absolute,
        )
        token = session.id.bytes + user.id.bytes + random_bytes(SECRET_BYTES)
        await self.sessions.add(session, digest(token))
        await end_over_cap(self.sessions, user, most=self.max_sessions, now=now)
        return Credentials(
            user=user,
            session_id=session.id,
            access=to_text(token),
            access_lifetime=self.lifetimes.absolute,
        )

    async def authenticate(self, presented: PresentedCredentials) -> Principal:
        """Return who presents the token of a live session, whose use is noted.

        Raise `NotSignedIn` for no token or one of another form, `SessionEnded`
        otherwise.
        """
        token = presented.cookie or presented.bearer
        named = None if token is None else read(token)
        if named is None:
            raise NotSignedIn
        found = await self.sessions.by_token(named)
        if found is None:
            raise SessionEnded
        session, user = found
        now = self.now()
        if not is_live(session, epoch=user.epoch, now=now) or not may_sign_in(user):
            raise SessionEnded
        idle_until = extended(session, self.lifetimes, now=now)
        if idle_until is not None:
            await self.sessions.extend(
                session.id, seen_at=now, idle_expires_at=idle_until
            )
        return Principal(
            user=user,
            session_id=session.id,
            auth_time=session.created_at,
            amr=session.amr,
        )

    async def sign_out(self, token: str) -> bool:
        """End the session of *token*, whatever its age; False if there is none."""
        named = read(token)
        found = None if named is None else await self.sessions.by_token(named)
        if found is None:
            return False
        session, user = found
        return await end_one(
            self.sessions,
            session.id,
            user.id,
            reason=EndReason.SIGNED_OUT,
            publish=self.publish,
            now=self.now(),
        )


def read(token: str) -> PresentedSession | None:
    """Return what *token* names, or None if it has another form."""
    if len(token) != TOKEN_LETTERS:
        return None
    try:
        content = from_text(token)
    except ValueError:
        return None
    ids, at = content[: 2 * ID_BYTES], ID_BYTES
    return PresentedSession(UUID(bytes=ids[:at]), UUID(bytes=ids[at:]), digest(content))

"""Refresh tokens: opened by the door, rotated, retried, ended."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hmac import compare_digest
from typing import assert_never

from keywright.features.outbox.service import LetterWriter
from keywright.features.refresh_tokens.emails import session_ended_for_safety
from keywright.features.refresh_tokens.errors import (
    RefreshContested,
    RefreshMissing,
    RefreshReused,
)
from keywright.features.refresh_tokens.events import (
    LostWriteDetected,
    RefreshReuseDetected,
    RefreshRotated,
)
from keywright.features.refresh_tokens.policy import expiry, judge
from keywright.features.refresh_tokens.store import RefreshFamilyStore
from keywright.features.refresh_tokens.types import (
    Lifetimes,
    Presented,
    RefreshFamily,
    Verdict,
)
from keywright.features.sessions.errors import SessionEnded
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
from keywright.shared.access_tokens import AccessTokens
from keywright.shared.clock import Now
from keywright.shared.errors import NotSignedIn
from keywright.shared.events import Publish
from keywright.shared.jwt import TokenInvalid
from keywright.shared.rotating_tokens import ReadToken, RotatingTokens
from keywright.shared.secrets import digest, new_id

ROUNDS = 3


@dataclass(frozen=True, slots=True)
class RefreshTokens:
    """Opens families and rotates them; a `CredentialIssuer` for the door."""

    families: RefreshFamilyStore
    tokens: RotatingTokens
    access: AccessTokens
    letters: LetterWriter
    lifetimes: Lifetimes
    max_sessions: int
    publish: Publish
    now: Now

    async def open(
        self, user: User, device: Device, *, amr: Sequence[str]
    ) -> Credentials:
        """Open a family for *user* and end the oldest ones over the cap."""
        now = self.now()
        jti = self.tokens.first_jti()
        family = RefreshFamily(
            id=new_id(),
            user_id=user.id,
            current_digest=digest(jti),
            previous_digest=b"",
            rotated_at=now,
            epoch=user.epoch,
            idle_expires_at=now + self.lifetimes.idle,
            expires_at=now + self.lifetimes.absolute,
            created_at=now,
        )
        session = Session(
            id=family.id,
            user_id=user.id,
            device=device,
            epoch=user.epoch,
            amr=tuple(amr),
            created_at=now,
            last_seen_at=now,
            idle_expires_at=family.idle_expires_at,
            expires_at=family.expires_at,
        )
        await self.families.add(family, session)
        await end_over_cap(self.families, user, most=self.max_sessions, now=now)
        return self._credentials(family, user, jti, amr=tuple(amr), now=now)

    async def refresh(self, token: str) -> Credentials:
        """Return the successor of *token* and a fresh access token.

        A token that was already exchanged gets the same successor inside the retry
        window. Raise `RefreshMissing`, `SessionEnded` or `RefreshReused`; only the
        last has an effect, and only on the token's own family.
        """
        read = self._read(token)
        presented = Presented(
            read.session_id, read.user_id, digest(read.jti), read.issued_at
        )
        for _ in range(ROUNDS):
            found = await self.families.by_id(read.session_id, read.user_id)
            if found is None or not may_sign_in(found[1]):
                raise SessionEnded
            family, user = found
            now = self.now()
            verdict = judge(
                family,
                presented,
                epoch=user.epoch,
                now=now,
                window=self.lifetimes.retry_window,
            )
            match verdict:
                case Verdict.ROTATE:
                    rotated = await self._rotate(read, presented, found, now=now)
                    if rotated is not None:
                        return rotated
                case Verdict.RETRY:
                    return self._retry(read, family, user, now=now)
                case Verdict.ENDED:
                    raise SessionEnded
                case Verdict.REUSED:
                    await self._end_for_safety(family, user, now=now)
                    raise RefreshReused
                case Verdict.LOST_WRITE:
                    await self._end_lost(family, now=now)
                    raise SessionEnded
                case _:
                    assert_never(verdict)
        raise RefreshContested(retry_after=self.lifetimes.retry_window)

    async def sign_out(self, token: str) -> bool:
        """End the session of *token*, whatever its age; False if there is none.

        Needs the signature to be right and nothing else, so that signing out works
        with tokens that have expired.
        """
        try:
            read = self.tokens.read(token, now=None)
        except TokenInvalid:
            return False
        return await end_one(
            self.families,
            read.session_id,
            read.user_id,
            reason=EndReason.SIGNED_OUT,
            publish=self.publish,
            now=self.now(),
        )

    def _read(self, token: str) -> ReadToken:
        try:
            return self.tokens.read(token, now=self.now())
        except TokenInvalid:
            raise RefreshMissing from None

    async def _rotate(
        self,
        read: ReadToken,
        presented: Presented,
        found: tuple[RefreshFamily, User],
        *,
        now: datetime,
    ) -> Credentials | None:
        family, user = found
        successor = self.tokens.successors(read.jti)[0]
        idle_expires_at = min(now + self.lifetimes.idle, family.expires_at)
        won = await self.families.rotate(
            presented,
            epoch=user.epoch,
            successor=digest(successor),
            now=now,
            idle_expires_at=idle_expires_at,
        )
        if not won:
            return None
        await self.publish(RefreshRotated(user.id, family.id))
        rotated = replace(family, rotated_at=now, idle_expires_at=idle_expires_at)
        return self._credentials(rotated, user, successor, amr=read.amr, now=now)

    def _retry(
        self, read: ReadToken, family: RefreshFamily, user: User, *, now: datetime
    ) -> Credentials:
        for successor in self.tokens.successors(read.jti):
            if compare_digest(digest(successor), family.current_digest):
                return self._credentials(family, user, successor, amr=read.amr, now=now)
        raise SessionEnded

    def _credentials(
        self,
        family: RefreshFamily,
        user: User,
        jti: bytes,
        *,
        amr: Sequence[str],
        now: datetime,
    ) -> Credentials:
        expires_at = expiry(family)
        refresh = self.tokens.write(
            family.id,
            user.id,
            jti,
            issued_at=family.rotated_at,
            expires_at=expires_at,
            amr=amr,
        )
        access = self.access.write(
            user.id,
            family.id,
            role=user.role,
            auth_time=family.created_at,
            amr=amr,
            epoch=family.epoch,
            now=now,
            session_ends_at=family.expires_at,
        )
        return Credentials(
            user=user,
            session_id=family.id,
            access=access,
            access_lifetime=min(self.lifetimes.access, family.expires_at - now),
            refresh=refresh,
            refresh_lifetime=expires_at - now,
        )

    async def _end_for_safety(
        self, family: RefreshFamily, user: User, *, now: datetime
    ) -> None:
        letter = self.letters.write(
            session_ended_for_safety(user), kind="refresh_reused"
        )
        ended = await self.families.end(
            family.id, user.id, reason=EndReason.REUSED, now=now, letter=letter
        )
        if ended:
            await self.publish(RefreshReuseDetected(user.id, family.id))

    async def _end_lost(self, family: RefreshFamily, *, now: datetime) -> None:
        ended = await self.families.end(
            family.id, family.user_id, reason=EndReason.LOST_WRITE, now=now
        )
        if ended:
            await self.publish(LostWriteDetected(family.user_id, family.id))


@dataclass(frozen=True, slots=True)
class FamilyAuthenticator:
    """Reads access tokens and looks at the session and its user: one read."""

    families: RefreshFamilyStore
    access: AccessTokens
    now: Now

    async def authenticate(self, presented: PresentedCredentials) -> Principal:
        """Return who presents an access token of a live session.

        Raise `NotSignedIn` for no token or a bad one, `SessionEnded` otherwise.
        """
        token = presented.cookie or presented.bearer
        if token is None:
            raise NotSignedIn
        try:
            claims = self.access.read(token)
        except TokenInvalid:
            raise NotSignedIn from None
        found = await self.families.by_id(claims.session_id, claims.user_id)
        if found is None:
            raise SessionEnded
        family, user = found
        live = family.revoked_at is None and self.now() < expiry(family)
        if not live or family.epoch != user.epoch or not may_sign_in(user):
            raise SessionEnded
        return Principal(
            user=user,
            session_id=family.id,
            auth_time=claims.auth_time,
            amr=claims.amr,
        )

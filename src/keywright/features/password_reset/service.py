"""Password reset in two steps: a mailed code becomes a token, the token a password."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta

from keywright.features.challenges.errors import CodeInvalid, TokenNotValid
from keywright.features.challenges.policy import (
    SHORT_CODES,
    STRANGER,
    asker_of,
    counted_sends,
)
from keywright.features.challenges.service import Flows, Opened
from keywright.features.challenges.types import Challenge, Purpose
from keywright.features.lockout.service import KnownDevices, Lockout
from keywright.features.outbox.service import LetterWriter
from keywright.features.outbox.types import Letter
from keywright.features.password_reset.emails import reset_code
from keywright.features.password_reset.events import ResetCompleted, ResetRequested
from keywright.features.passwords.emails import password_changed
from keywright.features.passwords.service import Passwords
from keywright.features.rate_limits.service import RateLimits
from keywright.features.sessions.store import OpenSessions
from keywright.features.sessions.types import EndReason
from keywright.features.sign_in.service import recognised
from keywright.features.users.policy import may_sign_in
from keywright.features.users.store import OnProof, UserStore
from keywright.features.users.types import User
from keywright.shared.clock import Now
from keywright.shared.events import Publish

UNPROVED = b" unproved"


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is sealed into a flow: for which address, at which epoch, by whom."""

    email: str
    epoch: int
    client: str
    device: str | None


@dataclass(frozen=True, slots=True)
class PasswordReset:
    """Known and unknown addresses get the same answers after the same work.

    Codes of another *purpose* do the same, and do not pass for these. A reset proves
    the address; *on_proof* is called for a user who had not proved it before.
    """

    users: UserStore
    sessions: OpenSessions
    flows: Flows
    passwords: Passwords
    lockout: Lockout
    devices: KnownDevices
    limits: RateLimits
    letters: LetterWriter
    publish: Publish
    now: Now
    token_lifetime: timedelta
    purpose: Purpose = Purpose.PASSWORD_RESET
    on_proof: Sequence[OnProof] = ()

    async def start(
        self, email: str, *, client: str, device_cookie: str | None
    ) -> Opened:
        """Return the new flow; its code is mailed if the address has a user.

        It replaces the flows that the same device or client asked for, no others.
        Raise `RateLimited` if *email* is sent too many codes; what the owner's known
        device asks for is counted apart from what strangers do.
        """
        user = await self.users.by_email(email)
        known = recognised(self.devices, user, device_cookie)
        asked = _Asked(email, user.epoch if user else 0, client, known)
        await self._count_send(asked)
        is_short = await self._may_be_short(asked)
        subject = user.id if user and may_sign_in(user) else None
        opened = self.flows.open_code(
            self.purpose,
            subject=subject,
            address=email,
            data=json.dumps(asdict(asked)).encode(),
            asker=asker_of(client, known),
            is_short=is_short,
        )
        await self.flows.issue(opened, letter=self._letter(opened, email))
        await self.publish(ResetRequested(subject))
        return opened

    async def resend(self, flow_id: str) -> Opened:
        """Mail a new code for the flow, or raise `CodeInvalid` or `TooSoon`."""
        challenge = await self.flows.find(flow_id, self.purpose)
        if challenge is None:
            raise CodeInvalid
        self.flows.require_cooled(challenge)
        asked = self._asked(challenge)
        await self._count_send(asked)
        is_short = await self._may_be_short(asked)
        opened = self.flows.reopen(challenge, asked.email, is_short=is_short)
        await self.flows.renew(opened, letter=self._letter(opened, asked.email))
        return opened

    async def verify(self, *, email: str, code: str, flow_id: str) -> Opened:
        """Exchange *code* for a reset token, once.

        Raise `CodeInvalid` or `ProofInUse`. Only the holder of the flow has tries, so
        nobody else can use them up. A code that was asked for before the password
        changed is worth nothing.
        """
        user = await self.users.by_email(email)

        async def may_compare(challenge: Challenge) -> bool:
            return self._asked(challenge).email == email

        challenge = await self.flows.prove_code(
            flow_id,
            self.purpose,
            address=email,
            code=code,
            may_compare=may_compare,
        )
        if user is None or user.id != challenge.subject:
            raise CodeInvalid
        if user.epoch != self._asked(challenge).epoch:
            raise CodeInvalid
        await self.flows.spend(challenge)
        token = self.flows.open_token(
            Purpose.RESET_TOKEN,
            subject=user.id,
            lifetime=self.token_lifetime,
            data=_written(user),
        )
        await self.flows.issue(token, letter=None)
        await self.flows.finish(challenge)
        return token

    async def complete(self, token: str, password: str) -> User:
        """Set *password*, end every session and lift the lock; return the user.

        The address is proved in the same step.

        Raise `TokenNotValid`, `ProofInUse`, or `PasswordRefused`; after the last the
        token can still be used.
        """
        challenge = await self.flows.prove_token(token, Purpose.RESET_TOKEN)
        resumed = await self._resumed(challenge, password)
        if resumed is not None:
            return resumed
        user = await self._owner(challenge)
        self.passwords.require_good(
            password, context=(user.email, user.name), field="newPassword"
        )
        sealed = await self.passwords.seal(password, user_id=user.id)
        await self.flows.spend(challenge)
        letter = self.letters.write(password_changed(user), kind="password_changed")
        await self._take_away(challenge, user)
        replaced = await self.users.replace_password(
            user.id,
            sealed,
            epoch=self._epoch(challenge),
            now=self.now(),
            letter=letter,
            proves_address=True,
        )
        if not replaced:
            await self.flows.finish(challenge)
            raise TokenNotValid
        await self._clean_up(challenge, user)
        return user

    async def _resumed(self, challenge: Challenge, password: str) -> User | None:
        """Complete what a crash interrupted after *password* had been set."""
        if challenge.used_at is None or challenge.subject is None:
            return None
        user = await self.users.by_id(challenge.subject)
        if user is None or user.epoch != self._epoch(challenge) + 1:
            return None
        if not await self.passwords.matches(password, user):
            return None
        await self.flows.spend(challenge)
        await self._clean_up(challenge, user)
        return user

    async def _count_send(self, asked: _Asked) -> None:
        for limit, subject in counted_sends(
            self.purpose,
            asked.email,
            client=asked.client,
            device=asked.device,
            cooldown=self.flows.cooldown,
        ):
            await self.limits.by_subject(limit, *subject)

    async def _may_be_short(self, asked: _Asked) -> bool:
        return await self.limits.is_within(
            SHORT_CODES, asked.email, asked.device or STRANGER
        )

    def _asked(self, challenge: Challenge) -> _Asked:
        return _Asked(**json.loads(self.flows.data_of(challenge)))

    def _letter(self, opened: Opened, email: str) -> Letter:
        lifetime = opened.challenge.expires_at - self.now()
        return self.letters.write(
            reset_code(email, code=opened.secret, lifetime=lifetime),
            kind="reset_code",
            lifetime=lifetime,
            deliver=opened.challenge.subject is not None,
        )

    async def _owner(self, challenge: Challenge) -> User:
        user = challenge.subject and await self.users.by_id(challenge.subject)
        if not user or not may_sign_in(user):
            raise TokenNotValid
        if user.epoch != self._epoch(challenge):
            raise TokenNotValid
        return user

    def _epoch(self, challenge: Challenge) -> int:
        return int(self.flows.data_of(challenge).split()[0])

    async def _take_away(self, challenge: Challenge, user: User) -> None:
        """Leave nothing that was there before the address was proved."""
        if self.flows.data_of(challenge).endswith(UNPROVED):
            for take_away in self.on_proof:
                await take_away(user)

    async def _clean_up(self, challenge: Challenge, user: User) -> None:
        await self._take_away(challenge, user)
        await self.sessions.end_others(
            user.id, keep=None, reason=EndReason.CREDENTIALS_CHANGED, now=self.now()
        )
        await self.lockout.clear(user.email)
        await self.flows.finish(challenge)
        await self.publish(ResetCompleted(user.id))


def _written(user: User) -> bytes:
    """Return what a token has to know: the epoch, and if the address is unproved."""
    return str(user.epoch).encode() + (b"" if user.is_email_verified else UNPROVED)

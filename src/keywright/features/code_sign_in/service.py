"""Signing in by a mailed code: alone, or after the password."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace

from keywright.features.challenges.errors import CodeInvalid
from keywright.features.challenges.policy import (
    SHORT_CODES,
    STRANGER,
    asker_of,
    counted_sends,
)
from keywright.features.challenges.service import Flows, Opened
from keywright.features.challenges.types import Challenge, Purpose
from keywright.features.code_sign_in.emails import sign_in_code
from keywright.features.code_sign_in.events import SignInCodeRequested
from keywright.features.lockout.service import KnownDevices
from keywright.features.outbox.service import LetterWriter
from keywright.features.outbox.types import Letter
from keywright.features.rate_limits.service import RateLimits
from keywright.features.sessions.types import Device
from keywright.features.sign_in.service import SignIn, recognised
from keywright.features.sign_in.types import SignedIn
from keywright.features.users.policy import may_sign_in
from keywright.features.users.store import OnProof, UserStore
from keywright.features.users.types import User
from keywright.shared.clock import Now
from keywright.shared.events import Publish

OTP = "otp"


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is sealed into a flow: for which address, at which epoch, after what."""

    email: str
    epoch: int
    amr: Sequence[str] = field(default=())


@dataclass(frozen=True, slots=True)
class CodeSignIn:
    """Known and unknown addresses get the same answers after the same work.

    A sign-in proves the address; *on_proof* is called for a user who had not proved it
    before.
    """

    users: UserStore
    flows: Flows
    devices: KnownDevices
    limits: RateLimits
    letters: LetterWriter
    door: SignIn
    publish: Publish
    now: Now
    on_proof: Sequence[OnProof] = ()

    async def start(
        self,
        email: str,
        *,
        client: str,
        device_cookie: str | None,
        amr: Sequence[str] = (),
    ) -> Opened:
        """Return the new flow; its code is mailed if the address has a user.

        *amr* are factors that were shown already. It replaces the flows that the same
        device or client asked for, no others. Raise `RateLimited` if *email* is sent
        too many codes; what the owner's known device asks for is counted apart.
        """
        user = await self.users.by_email(email)
        known = recognised(self.devices, user, device_cookie)
        for limit, subject in counted_sends(
            Purpose.SIGN_IN,
            email,
            client=client,
            device=known,
            cooldown=self.flows.cooldown,
        ):
            await self.limits.by_subject(limit, *subject)
        is_short = await self.limits.is_within(SHORT_CODES, email, known or STRANGER)
        asked = _Asked(email, user.epoch if user else 0, tuple(amr))
        opened = self.flows.open_code(
            Purpose.SIGN_IN,
            subject=user.id if user else None,
            address=email,
            data=json.dumps(asdict(asked)).encode(),
            asker=asker_of(client, known),
            is_short=is_short,
        )
        await self.flows.issue(opened, letter=self._letter(opened, email))
        await self.publish(SignInCodeRequested(user.id if user else None))
        return opened

    async def complete(
        self,
        *,
        email: str,
        code: str,
        flow_id: str,
        device: Device,
        device_cookie: str | None,
    ) -> SignedIn:
        """Return the credentials of a new session for *code*, once.

        Raise `CodeInvalid` or `ProofInUse`, and only after the right code the refusals
        of the user's state. A code that was asked for before the password changed is
        worth nothing.
        """
        user = await self.users.by_email(email)
        known = recognised(self.devices, user, device_cookie)

        async def may_compare(challenge: Challenge) -> bool:
            return self._asked(challenge).email == email

        challenge = await self.flows.prove_code(
            flow_id,
            Purpose.SIGN_IN,
            address=email,
            code=code,
            may_compare=may_compare,
        )
        asked = self._asked(challenge)
        if user is None or user.id != challenge.subject or user.epoch != asked.epoch:
            raise CodeInvalid
        await self.flows.spend(challenge)
        try:
            if not user.is_email_verified and may_sign_in(user):
                user, known = await self._proved(user, amr=asked.amr), None
            return await self.door.finish(
                user, device, amr=(*asked.amr, OTP), known_device=known
            )
        finally:
            await self.flows.finish(challenge)

    async def _proved(self, user: User, *, amr: Sequence[str]) -> User:
        """Return *user* with the address proved, and nothing from before.

        Sessions, identities and a password that was not shown with the code may be
        those of somebody who never had the mailbox.
        """
        password_hash = user.password_hash if "pwd" in amr else None
        await self._take_away(user)
        is_proved = await self.users.replace_password(
            user.id,
            password_hash,
            epoch=user.epoch,
            now=self.now(),
            letter=None,
            proves_address=True,
        )
        if not is_proved:
            raise CodeInvalid
        await self._take_away(user)
        return replace(
            user,
            password_hash=password_hash,
            is_email_verified=True,
            epoch=user.epoch + 1,
        )

    async def _take_away(self, user: User) -> None:
        for take_away in self.on_proof:
            await take_away(user)

    def _asked(self, challenge: Challenge) -> _Asked:
        return _Asked(**json.loads(self.flows.data_of(challenge)))

    def _letter(self, opened: Opened, email: str) -> Letter:
        lifetime = opened.challenge.expires_at - self.now()
        return self.letters.write(
            sign_in_code(email, code=opened.secret, lifetime=lifetime),
            kind="sign_in_code",
            lifetime=lifetime,
            deliver=opened.challenge.subject is not None,
        )

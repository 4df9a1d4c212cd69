"""Sign-up: nothing is a user before the address is proved."""

import json
from dataclasses import dataclass
from uuid import UUID

from keywright.features.challenges.errors import CodeInvalid
from keywright.features.challenges.policy import (
    SHORT_CODES,
    STRANGER,
    counted_sends,
)
from keywright.features.challenges.service import Flows, Opened
from keywright.features.challenges.types import Challenge, Purpose
from keywright.features.outbox.service import LetterWriter
from keywright.features.outbox.types import Letter
from keywright.features.passwords.service import Passwords
from keywright.features.rate_limits.service import RateLimits
from keywright.features.sign_up.emails import already_signed_up, verification_code
from keywright.features.sign_up.events import SignUpCompleted, SignUpStarted
from keywright.features.users.errors import EmailTaken, SignUpClosed
from keywright.features.users.store import UserStore
from keywright.features.users.types import User
from keywright.shared.clock import Now
from keywright.shared.events import Publish
from keywright.shared.secrets import new_id


@dataclass(frozen=True, slots=True)
class SignUp:
    """Opens a flow, mails its code, and makes the user once the code is proved.

    A known address gets the same answer after the same work: its flow has no subject
    and can never pass, and its owner is mailed a notice instead of a code.
    """

    users: UserStore
    flows: Flows
    passwords: Passwords
    letters: LetterWriter
    limits: RateLimits
    publish: Publish
    now: Now
    role: str = "user"
    is_open: bool = True

    async def start(
        self, *, name: str, email: str, password: str, client: str
    ) -> Opened:
        """Return the new flow, asked for from the address *client*.

        Raise `SignUpClosed`, `PasswordRefused`, or `RateLimited` if *email* is sent too
        many codes.
        """
        if not self.is_open:
            raise SignUpClosed
        self.passwords.require_good(password, context=(email, name), field="password")
        taken = await self.users.by_email(email) is not None
        await self._count_send(email, client, taken=taken)
        is_short = await self._may_be_short(email)
        user_id = new_id()
        sealed = await self.passwords.seal(password, user_id=user_id)
        pending = {
            "id": str(user_id),
            "name": name,
            "email": email,
            "password_hash": sealed,
            "client": client,
        }
        opened = self.flows.open_code(
            Purpose.EMAIL_VERIFICATION,
            subject=None if taken else user_id,
            address=email,
            data=json.dumps(pending).encode(),
            is_short=is_short,
        )
        await self.flows.issue(opened, letter=self._letter(opened, email))
        await self.publish(SignUpStarted())
        return opened

    async def resend(self, flow_id: str) -> Opened:
        """Mail a new code for the flow.

        Raise `CodeInvalid` for another's flow, `SignUpClosed`, or `TooSoon`.
        """
        challenge = await self.flows.find(flow_id, Purpose.EMAIL_VERIFICATION)
        if challenge is None:
            raise CodeInvalid
        if not self.is_open:
            raise SignUpClosed
        self.flows.require_cooled(challenge)
        pending = self._pending(challenge)
        taken = challenge.subject is None
        await self._count_send(pending["email"], pending["client"], taken=taken)
        is_short = await self._may_be_short(pending["email"])
        opened = self.flows.reopen(challenge, pending["email"], is_short=is_short)
        letter = self._letter(opened, pending["email"])
        await self.flows.renew(opened, letter=letter)
        return opened

    async def verify(self, *, email: str, code: str, flow_id: str) -> User:
        """Make the user whose address *code* proves, and return it.

        Raise `CodeInvalid`, `ProofInUse`, or `SignUpClosed`, whenever the flow was
        opened. The user's id was fixed then, so that a repetition after a crash makes
        no second user.
        """
        if not self.is_open:
            raise SignUpClosed

        async def may_compare(challenge: Challenge) -> bool:
            return self._pending(challenge)["email"] == email

        challenge = await self.flows.prove_code(
            flow_id,
            Purpose.EMAIL_VERIFICATION,
            address=email,
            code=code,
            may_compare=may_compare,
        )
        await self.flows.spend(challenge)
        user = await self._add(self._pending(challenge))
        await self.flows.finish(challenge)
        await self.publish(SignUpCompleted(user.id))
        return user

    async def _add(self, pending: dict[str, str]) -> User:
        now = self.now()
        user_id, sealed = UUID(pending["id"]), pending["password_hash"]
        user = User(
            id=user_id,
            name=pending["name"],
            email=pending["email"],
            # The master secret may be another one than when the flow was opened.
            password_hash=self.passwords.resealed(sealed, user_id=user_id) or sealed,
            role=self.role,
            is_email_verified=True,
            created_at=now,
            updated_at=now,
        )
        try:
            await self.users.add(user)
        except EmailTaken:
            there = await self.users.by_id(user.id)
            if there is None:
                raise CodeInvalid from None
            return there
        return user

    async def _count_send(self, email: str, client: str, *, taken: bool) -> None:
        # Whoever has just signed up may try the address again at once: another mail.
        for limit, subject in counted_sends(
            "sign-up-known" if taken else "sign-up",
            email,
            client=client,
            device=None,
            cooldown=self.flows.cooldown,
        ):
            await self.limits.by_subject(limit, *subject)

    async def _may_be_short(self, email: str) -> bool:
        return await self.limits.is_within(SHORT_CODES, email, STRANGER)

    def _pending(self, challenge: Challenge) -> dict[str, str]:
        pending: dict[str, str] = json.loads(self.flows.data_of(challenge))
        return pending

    def _letter(self, opened: Opened, email: str) -> Letter:
        challenge = opened.challenge
        if challenge.subject is None:
            return self.letters.write(already_signed_up(email), kind="sign_up_known")
        lifetime = challenge.expires_at - self.now()
        mail = verification_code(email, code=opened.secret, lifetime=lifetime)
        return self.letters.write(mail, kind="sign_up_code", lifetime=lifetime)

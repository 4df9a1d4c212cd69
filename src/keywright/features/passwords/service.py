"""Passwords: set, compared and changed in one place each."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from keywright.features.lockout.events import TriesRefused
from keywright.features.lockout.service import KnownDevices, Lockout
from keywright.features.lockout.types import Try
from keywright.features.outbox.service import LetterWriter
from keywright.features.outbox.store import Outbox
from keywright.features.passwords.emails import password_changed, tries_refused
from keywright.features.passwords.errors import (
    EmailNotVerified,
    InvalidCredentials,
    PasswordRefused,
    WrongPassword,
)
from keywright.features.passwords.policy import Rule, normalise, problems
from keywright.features.sessions.errors import SessionEnded
from keywright.features.sessions.types import Device
from keywright.features.sign_in.events import SignInRefused
from keywright.features.sign_in.service import SignIn, recognised
from keywright.features.sign_in.types import SignedIn
from keywright.features.users.events import PasswordChanged
from keywright.features.users.store import UserStore
from keywright.features.users.types import User
from keywright.shared.clock import Now
from keywright.shared.errors import Busy
from keywright.shared.events import Publish
from keywright.shared.passwords import PasswordHashes
from keywright.shared.vault import SealBroken, Vault

SIGNED_IN = "signed in"
"""Stands for the device of whoever has a session: no stranger has one."""


class Passwords:
    """The one place that sets and compares passwords.

    A hash is sealed under a key outside of the store and bound to its user: a dump
    alone cannot be searched, and hashes of two users cannot be exchanged.
    """

    def __init__(
        self,
        hashes: PasswordHashes,
        vault: Vault,
        *,
        rules: Sequence[Rule],
        context: Sequence[str] = (),
    ) -> None:
        """Refuse what breaks *rules*; *context* are words nobody may use."""
        self._hashes = hashes
        self._vault = vault
        self._rules = tuple(rules)
        self._context = tuple(context)

    def require_good(
        self, password: str, *, context: Sequence[str], field: str
    ) -> None:
        """Raise `PasswordRefused` naming *field* if *password* breaks a rule."""
        words = [*self._context, *_words(context)]
        found = problems(normalise(password), rules=self._rules, context=words)
        if found:
            raise PasswordRefused(errors={field: found})

    async def seal(self, password: str, *, user_id: UUID) -> str:
        """Return the sealed hash of *password*, to be kept for that user only."""
        hashed = await self._hashes.hash(normalise(password))
        return self._vault.seal(hashed.encode(), context=user_id.bytes)

    def keep(self, hashed: str, *, user_id: UUID) -> str:
        """Return *hashed*, made elsewhere, sealed for that user only.

        Raise ValueError for a form that could never be checked. A sign-in replaces it.
        """
        if not self._hashes.can_check(hashed):
            message = "no password hash of a known form"
            raise ValueError(message)
        return self._vault.seal(hashed.encode(), context=user_id.bytes)

    def resealed(self, sealed: str, *, user_id: UUID) -> str | None:
        """Return that user's hash sealed under the newest key; None where it is.

        Raise `SealBroken`.
        """
        return self._vault.resealed(sealed, context=user_id.bytes)

    async def matches(self, password: str, user: User | None) -> bool:
        """Say whether *password* is the user's.

        Without a user, or for one without a password, a decoy is compared: the work
        is the same. Raise `Busy` if too many are waiting.
        """
        return await self._hashes.matches(normalise(password), self._hash_of(user))

    async def improved(self, password: str, user: User) -> str | None:
        """Return a new sealed hash if the user's is outdated, else None."""
        hashed = self._hash_of(user)
        if hashed is None or user.password_hash is None:
            return None
        is_new = self._vault.is_newest(user.password_hash)
        if is_new and not self._hashes.is_outdated(hashed):
            return None
        return await self.seal(password, user_id=user.id)

    def _hash_of(self, user: User | None) -> str | None:
        if user is None or user.password_hash is None:
            return None
        try:
            return self._vault.open(user.password_hash, context=user.id.bytes).decode()
        except SealBroken:
            return None


@dataclass(frozen=True, slots=True)
class PasswordDoor:
    """Signs in by password, and changes it. Every refusal costs the same work.

    *needs_proved_address* is false where nothing proves addresses; *lockout* must have
    no stop there, because nobody could lift it.
    """

    users: UserStore
    passwords: Passwords
    lockout: Lockout
    devices: KnownDevices
    door: SignIn
    outbox: Outbox
    letters: LetterWriter
    publish: Publish
    now: Now
    needs_proved_address: bool = True

    async def sign_in(
        self, email: str, password: str, *, device: Device, device_cookie: str | None
    ) -> SignedIn:
        """Return the credentials of a new session.

        Raise `InvalidCredentials` unless the password is right; only then the other
        refusals of the user's state.
        """
        user, known = await self.check(
            email, password, client=device.address, device_cookie=device_cookie
        )
        return await self.door.finish(user, device, amr=("pwd",), known_device=known)

    async def check(
        self, email: str, password: str, *, client: str, device_cookie: str | None
    ) -> tuple[User, str | None]:
        """Return whose password it is, and the known device, without a sign-in.

        Raise `InvalidCredentials`, or `EmailNotVerified` after the right password.
        """
        user = await self.users.by_email(email)
        known = recognised(self.devices, user, device_cookie)
        is_right = await self._is_right(Try(email, known, client), password, user)
        if user is None or not is_right:
            await self.publish(SignInRefused(user.id if user else None, "pwd"))
            raise InvalidCredentials
        if self.needs_proved_address and not user.is_email_verified:
            reason = EmailNotVerified.code
            await self.publish(SignInRefused(user.id, "pwd", reason))
            raise EmailNotVerified
        improved = await self.passwords.improved(password, user)
        if improved is not None and user.password_hash is not None:
            await self.users.rehash(user.id, old=user.password_hash, new=improved)
        return user, known

    async def require(
        self, user: User, password: str, *, device_cookie: str | None
    ) -> None:
        """Raise `WrongPassword` unless *password* is the signed-in user's.

        A wrong one counts as a guess, apart from those of strangers, who cannot keep
        a signed-in owner out.
        """
        known = recognised(self.devices, user, device_cookie) or SIGNED_IN
        if not await self._is_right(Try(user.email, known), password, user):
            await self.publish(SignInRefused(user.id, "pwd"))
            raise WrongPassword

    async def change(
        self,
        user: User,
        *,
        old: str,
        new: str,
        device: Device,
        device_cookie: str | None,
    ) -> SignedIn:
        """Set the password *new* and return the credentials of a new session.

        Every earlier session of the user is over, in the same step. The new one has
        the epoch of that step, so that it ends with whatever happens next. Raise
        `WrongPassword`, `PasswordRefused`, or `SessionEnded` if somebody else was
        faster.
        """
        self.passwords.require_good(
            new, context=(user.email, user.name), field="newPassword"
        )
        await self.require(user, old, device_cookie=device_cookie)
        sealed = await self.passwords.seal(new, user_id=user.id)
        letter = self.letters.write(password_changed(user), kind="password_changed")
        replaced = await self.users.replace_password(
            user.id, sealed, epoch=user.epoch, now=self.now(), letter=letter
        )
        if not replaced:
            raise SessionEnded
        await self.publish(PasswordChanged(user.id))
        changed = replace(user, password_hash=sealed, epoch=user.epoch + 1)
        return await self.door.finish(
            changed, device, amr=("pwd",), known_device=None, announce=False
        )

    async def _is_right(self, tried: Try, password: str, user: User | None) -> bool:
        admission = await self.lockout.admit(tried)
        compared = user if admission.may_compare else None
        try:
            is_right = await self.passwords.matches(password, compared)
        except Busy:
            await self.lockout.take_back(tried)
            raise
        if admission.tell_owner:
            await self._tell_owner(tried.account, user)
        if is_right:
            await self.lockout.passed(tried)
        return is_right

    async def _tell_owner(self, email: str, user: User | None) -> None:
        letter = self.letters.write(
            tries_refused(email, has_reset=self.needs_proved_address),
            kind="tries_refused",
            deliver=user is not None,
        )
        await self.outbox.put(letter)
        await self.publish(TriesRefused(user.id if user else None))


def _words(context: Sequence[str]) -> list[str]:
    words = list(context)
    words += [text.partition("@")[0] for text in context if "@" in text]
    return words

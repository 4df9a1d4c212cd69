"""Signing in with a provider, and linking one: out, back, and by a token.

A redirect is remembered under the digest of its state and bound to the browser by a
cookie; whoever comes back takes it away, whatever comes of it. Nothing of a provider's
answer is kept but who it is, and its tokens where the settings ask for them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from hmac import compare_digest
from uuid import UUID

from keywright.features.identities.service import Identities
from keywright.features.identities.types import Proven
from keywright.features.lockout.service import KnownDevices
from keywright.features.oauth.errors import (
    AnswerInvalid,
    ProviderDenied,
    ProviderUnknown,
    StateInvalid,
)
from keywright.features.oauth.events import ProviderSignInRefused
from keywright.features.oauth.policy import (
    STATE,
    Places,
    proven_by,
    read_errand,
    write_errand,
)
from keywright.features.oauth.store import TransactionStore
from keywright.features.oauth.types import (
    Begun,
    Errand,
    ForeignToken,
    Intent,
    Keeping,
    Provider,
    Returned,
    Transaction,
)
from keywright.features.sessions.errors import SessionEnded
from keywright.features.sessions.service import end_one
from keywright.features.sessions.store import OpenSessions
from keywright.features.sessions.types import Device, EndReason, Principal
from keywright.features.sign_in.service import SignIn, recognised
from keywright.features.sign_in.types import SignedIn
from keywright.features.users.policy import may_sign_in
from keywright.features.users.store import UserStore
from keywright.features.users.types import User
from keywright.shared.clock import Now
from keywright.shared.errors import AuthError, MethodNotAllowed
from keywright.shared.events import Publish
from keywright.shared.secrets import digest, from_text, random_bytes, to_text
from keywright.shared.vault import SealBroken, Vault

AMR = ("fed",)
SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class OAuth:
    """Sends browsers to providers and receives what they bring back."""

    providers: Mapping[str, Provider]
    transactions: TransactionStore
    identities: Identities
    users: UserStore
    sessions: OpenSessions
    devices: KnownDevices
    door: SignIn
    vault: Vault
    places: Places
    publish: Publish
    now: Now
    lifetime: timedelta = timedelta(minutes=10)

    def offered(self) -> Sequence[Provider]:
        """Return the providers that are configured, by their names."""
        return [self.providers[name] for name in sorted(self.providers)]

    def callback_of(self, name: str) -> str:
        """Return the redirect URI of a provider whose page posts its answer.

        Raise `MethodNotAllowed` for one that sends the browser there with a GET.
        """
        if not self._provider(name).posts_back:
            raise MethodNotAllowed
        return self.places.callback(name)

    def label_of(self, name: str) -> str:
        """Return what people call the provider, even if it is offered no more."""
        known = self.providers.get(name)
        return known.label if known else name

    async def begin(self, name: str, *, return_to: str | None) -> Begun:
        """Return where to send a browser that wants to sign in."""
        return await self._begin(name, Intent.SIGN_IN, return_to, None)

    async def begin_link(
        self, name: str, principal: Principal, *, return_to: str | None
    ) -> Begun:
        """Return where to send the browser of a user who wants to link a provider."""
        return await self._begin(name, Intent.LINK, return_to, principal)

    async def take(self, name: str, returned: Returned, browser: str | None) -> Errand:
        """Return what a redirect was about, once, or raise `StateInvalid`.

        It is gone afterwards, also if the browser or the provider is another one.
        """
        self._provider(name)
        found = None
        if STATE.fullmatch(returned.state):
            state = digest(returned.state.encode())
            found = await self.transactions.take(state, now=self.now())
        errand = found and self._opened(found, name, browser)
        if not errand:
            await self._refused(name, StateInvalid())
            raise StateInvalid
        return errand

    async def sign_in(
        self,
        errand: Errand,
        returned: Returned,
        *,
        device: Device,
        device_cookie: str | None,
    ) -> SignedIn:
        """Return the credentials of whom the provider has proved."""
        proven = await self._proven(errand, returned)
        return await self._open(proven, device, device_cookie)

    async def link(
        self, errand: Errand, returned: Returned, *, principal: Principal | None
    ) -> User:
        """Link whom the provider has proved to the user who asked for it.

        *principal* is who the browser is signed in as now, if it says so: nobody else.
        Raise `SessionEnded` if that session is over, or ends while the provider is
        asked.
        """
        await self._asker(errand, principal)
        proven = await self._proven(errand, returned)
        user = await self._asker(errand, principal)
        if not await self.identities.link(user, proven):
            raise SessionEnded
        return user

    async def unlink(self, principal: Principal, name: str) -> None:
        """Take the provider from the user's ways in, and end what it opened.

        Which provider opened a session is not kept: the others of all of them end, not
        the principal's own. Raise `NotLinked`, or `LastFactor`.
        """
        user = principal.user
        await self.identities.unlink(user, name, label=self.label_of(name))
        live = await self.sessions.of_user(user.id, epoch=user.epoch, now=self.now())
        for session in live:
            if session.id != principal.session_id and {*AMR} & {*session.amr}:
                await self._end(session.id, user)

    async def sign_in_by_token(
        self,
        name: str,
        token: ForeignToken,
        *,
        device: Device,
        device_cookie: str | None,
    ) -> SignedIn:
        """Return the credentials of whom *token* speaks for; it works once."""
        provider = self._provider(name)
        try:
            checked = await provider.check(token)
            now = self.now()
            used = Transaction(
                digest=digest(b"used token\0" + name.encode() + b"\0" + checked.token),
                provider=name,
                browser=digest(b""),
                data="",
                created_at=now,
                expires_at=max(checked.expires_at, now + self.lifetime),
            )
            if not await self.transactions.add(used):
                raise AnswerInvalid
        except AuthError as error:
            await self._refused(name, error)
            raise
        return await self._open(
            proven_by(provider, checked.profile), device, device_cookie
        )

    async def _begin(
        self,
        name: str,
        intent: Intent,
        return_to: str | None,
        principal: Principal | None,
    ) -> Begun:
        provider, now = self._provider(name), self.now()
        landing = self.places.resolve(return_to)
        state, verifier, nonce, browser = (_secret() for _ in range(4))
        keeping = Keeping(self.places.callback(name), verifier, nonce)
        url = await provider.authorize_url(keeping, state=state)
        errand = Errand(name, keeping, intent, landing)
        if principal is not None:
            errand = replace(
                errand,
                user_id=principal.user.id,
                session_id=principal.session_id,
                epoch=principal.user.epoch,
            )
        key = digest(state.encode())
        begun = Transaction(
            digest=key,
            provider=name,
            browser=_browser_digest(browser),
            data=self.vault.seal(write_errand(errand), context=key),
            created_at=now,
            expires_at=now + self.lifetime,
        )
        await self.transactions.add(begun)
        return Begun(url, browser, begun.expires_at)

    def _opened(
        self, taken: Transaction, name: str, browser: str | None
    ) -> Errand | None:
        is_same = compare_digest(_browser_digest(browser), taken.browser)
        if taken.provider != name or not is_same:
            return None
        try:
            return read_errand(self.vault.open(taken.data, context=taken.digest))
        except SealBroken:
            return None

    async def _proven(self, errand: Errand, returned: Returned) -> Proven:
        provider = self._provider(errand.provider)
        try:
            if returned.error or not returned.code:
                raise ProviderDenied
            profile = await provider.profile(returned, errand.keeping)
        except AuthError as error:
            await self._refused(errand.provider, error)
            raise
        return proven_by(provider, profile)

    async def _open(
        self, proven: Proven, device: Device, device_cookie: str | None
    ) -> SignedIn:
        user = await self.identities.user_of(proven)
        known = recognised(self.devices, user, device_cookie)
        signed_in = await self.door.finish(user, device, amr=AMR, known_device=known)
        # Whoever unlinked meanwhile ends the sessions that were there before this one.
        if not await self.identities.leads_to(user, proven):
            await self._end(signed_in.credentials.session_id, user)
            raise AnswerInvalid
        return signed_in

    async def _end(self, session_id: UUID, user: User) -> None:
        await end_one(
            self.sessions,
            session_id,
            user.id,
            reason=EndReason.CREDENTIALS_CHANGED,
            publish=self.publish,
            now=self.now(),
        )

    async def _asker(self, errand: Errand, principal: Principal | None) -> User:
        if principal is not None and principal.user.id != errand.user_id:
            raise StateInvalid
        user = errand.user_id and await self.users.by_id(errand.user_id)
        if not user or not may_sign_in(user) or user.epoch != errand.epoch:
            raise SessionEnded
        live = await self.sessions.of_user(user.id, epoch=user.epoch, now=self.now())
        if errand.session_id not in {session.id for session in live}:
            raise SessionEnded
        return user

    def _provider(self, name: str) -> Provider:
        found = self.providers.get(name)
        if found is None:
            raise ProviderUnknown
        return found

    async def _refused(self, name: str, error: AuthError) -> None:
        reason = str(error.__cause__ or "")
        await self.publish(ProviderSignInRefused(name, error.code, reason))


def _secret() -> str:
    return to_text(random_bytes(SECRET_BYTES))


def _browser_digest(cookie: str | None) -> bytes:
    try:
        return digest(b"browser" + from_text(cookie or ""))
    except ValueError:
        return b""

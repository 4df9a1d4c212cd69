"""Users by identity: found, enrolled, linked and unlinked."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from keywright.features.identities.emails import provider_linked, provider_unlinked
from keywright.features.identities.errors import (
    AccountExists,
    IdentityTaken,
    LastFactor,
    NotLinked,
)
from keywright.features.identities.events import (
    IdentityLinked,
    IdentityUnlinked,
    LinkingRefused,
    UnprovedUserPurged,
    UserEnrolled,
)
from keywright.features.identities.policy import (
    gives_way,
    is_last_factor,
    read_tokens,
    trusted_email,
    write_access,
)
from keywright.features.identities.store import IdentityStore
from keywright.features.identities.types import (
    Identity,
    Proven,
    ProviderTokens,
    SealedTokens,
)
from keywright.features.outbox.service import LetterWriter
from keywright.features.users.errors import EmailTaken, SignUpClosed
from keywright.features.users.policy import may_sign_in, no_mailbox
from keywright.features.users.store import UserStore
from keywright.features.users.types import User
from keywright.shared.clock import Now
from keywright.shared.events import Publish
from keywright.shared.secrets import new_id
from keywright.shared.vault import SealBroken, Vault

Purge = Callable[[User], Awaitable[bool]]
"""Removes a user with everything; False, changing nothing, if the user changed."""


@dataclass(frozen=True, slots=True)
class Identities:
    """Decides by the policy who somebody is whom a provider has proved."""

    store: IdentityStore
    users: UserStore
    letters: LetterWriter
    purge: Purge
    vault: Vault
    publish: Publish
    now: Now
    role: str = "user"
    is_sign_up_open: bool = True
    is_offered: bool = True
    """Whether any provider is configured; else nobody's identities are looked up."""

    async def user_of(self, proven: Proven) -> User:
        """Return the user who signs in by *proven*, who may be a new one.

        Raise `AccountExists` if the address is somebody's who has to prove the account
        first, or `SignUpClosed`. Nothing that the provider says of a known user is
        taken over.
        """
        email = trusted_email(proven)
        # Read before the identity: a user whom another tab enrols meanwhile is then
        # found by the identity, and not mistaken for somebody else's account.
        local = await self.users.by_email(email) if email else None
        known = await self._known(proven)
        if known is not None:
            return known
        if not self.is_sign_up_open and (local is None or gives_way(local)):
            raise SignUpClosed
        if local is not None:
            await self._make_room(local, proven)
        return await self._enrol(proven, email)

    async def link(self, user: User, proven: Proven) -> bool:
        """Let *user* sign in by *proven*; a repetition changes nothing.

        False, changing nothing, if the user was banned, removed or given a new
        password since *user* was read. Raise `IdentityTaken` if it is another user's,
        or `ProviderLinked`.
        """
        there = await self.store.by_subject(proven.issuer, proven.subject)
        if there is not None and there.user_id == user.id:
            return await self._link_again(user, there, proven)
        email = provider_linked(user, label=proven.label)
        letter = self.letters.write(email, kind="provider_linked")
        linked = await self.store.link(
            self._identity(user.id, proven), epoch=user.epoch, letter=letter
        )
        if linked:
            await self.publish(IdentityLinked(user.id, proven.provider))
        return linked

    async def unlink(self, user: User, provider: str, *, label: str) -> None:
        """Take the identity of *provider* from *user*.

        Raise `NotLinked`, or `LastFactor` if the user could not sign in any more.
        """
        linked = await self.store.of_user(user.id)
        found = next((one for one in linked if one.provider == provider), None)
        if found is None:
            raise NotLinked
        if is_last_factor(user, linked):
            raise LastFactor
        email = provider_unlinked(user, label=label)
        letter = self.letters.write(email, kind="provider_unlinked")
        unlinked = await self.store.unlink(
            found.id,
            user.id,
            keep_one=user.password_hash is None,
            letter=letter,
        )
        if not unlinked:
            raise NotLinked
        await self.publish(IdentityUnlinked(user.id, provider))

    async def leads_to(self, user: User, proven: Proven) -> bool:
        """Say whether *user* signs in by *proven*, still."""
        there = await self.store.by_subject(proven.issuer, proven.subject)
        return there is not None and there.user_id == user.id

    async def of_user(self, user_id: UUID) -> Sequence[Identity]:
        """Return the identities of the user; none where no provider is configured."""
        if not self.is_offered:
            return ()
        return await self.store.of_user(user_id)

    async def tokens_of(self, user_id: UUID, provider: str) -> ProviderTokens | None:
        """Return the tokens that *provider* gave for the user, if they are kept.

        They are as they came: *expires_at* may have passed.
        """
        identity = await self._identity_of(user_id, provider)
        if identity is None or identity.tokens is None:
            return None
        sealed = identity.tokens
        access, refresh = _contexts(identity.id)
        try:
            return read_tokens(
                self.vault.open(sealed.access, context=access),
                self.vault.open(sealed.refresh, context=refresh)
                if sealed.refresh
                else b"",
            )
        except SealBroken:
            return None

    async def replace_tokens(
        self, user_id: UUID, provider: str, tokens: ProviderTokens
    ) -> None:
        """Keep *tokens*, with which an application renewed those from before.

        Raise `NotLinked` if the provider is not linked any more.
        """
        identity = await self._identity_of(user_id, provider)
        if identity is None:
            raise NotLinked
        await self._keep(identity, tokens)

    def resealed(self, identity: Identity) -> SealedTokens | None:
        """Return its tokens sealed under the newest key; None where they are.

        Raise `SealBroken`.
        """
        tokens = identity.tokens
        if tokens is None:
            return None
        of_access, of_refresh = _contexts(identity.id)
        access = self.vault.resealed(tokens.access, context=of_access)
        refresh = tokens.refresh and self.vault.resealed(
            tokens.refresh, context=of_refresh
        )
        if access is None and not refresh:
            return None
        return SealedTokens(access or tokens.access, refresh or tokens.refresh)

    async def _identity_of(self, user_id: UUID, provider: str) -> Identity | None:
        linked = await self.store.of_user(user_id)
        return next((one for one in linked if one.provider == provider), None)

    async def _keep(self, identity: Identity, tokens: ProviderTokens | None) -> None:
        if tokens is None:
            return
        sealed = self._sealed(identity.id, tokens)
        if sealed is not None or identity.tokens is not None:
            await self.store.keep(identity.id, sealed)

    def _sealed(
        self, identity_id: UUID, tokens: ProviderTokens | None
    ) -> SealedTokens | None:
        if tokens is None or not tokens.access:
            return None
        access, refresh = _contexts(identity_id)
        seal = self.vault.seal
        return SealedTokens(
            seal(write_access(tokens), context=access),
            seal(tokens.refresh.encode(), context=refresh) if tokens.refresh else None,
        )

    async def _link_again(self, user: User, there: Identity, proven: Proven) -> bool:
        current = await self.users.by_id(user.id)
        if current is None or current.epoch != user.epoch or not may_sign_in(current):
            return False
        await self._keep(there, proven.tokens)
        return True

    async def _known(self, proven: Proven) -> User | None:
        there = await self.store.by_subject(proven.issuer, proven.subject)
        if there is None:
            return None
        user = await self.users.by_id(there.user_id)
        if user is None:
            # What an interrupted removal left behind.
            await self.store.forget(there.user_id)
            return None
        if may_sign_in(user):
            await self._keep(there, proven.tokens)
        return user

    async def _enrol(self, proven: Proven, email: str | None) -> User:
        now, user_id = self.now(), new_id()
        user = User(
            id=user_id,
            name=proven.name,
            email=email or no_mailbox(user_id),
            password_hash=None,
            role=self.role,
            is_email_verified=email is not None,
            created_at=now,
            updated_at=now,
        )
        try:
            await self.store.enrol(user, self._identity(user_id, proven))
        except (EmailTaken, IdentityTaken):
            # Somebody was faster: the same person in another tab, or another one.
            known = await self._known(proven)
            if known is None:
                raise AccountExists from None
            return known
        await self.publish(UserEnrolled(user_id, proven.provider))
        return user

    async def _make_room(self, local: User, proven: Proven) -> None:
        if not gives_way(local) or not await self.purge(local):
            await self.publish(LinkingRefused(local.id, proven.provider))
            raise AccountExists
        await self.publish(UnprovedUserPurged(local.id))

    def _identity(self, user_id: UUID, proven: Proven) -> Identity:
        identity_id = new_id()
        return Identity(
            id=identity_id,
            user_id=user_id,
            provider=proven.provider,
            issuer=proven.issuer,
            subject=proven.subject,
            email=proven.email,
            linked_at=self.now(),
            tokens=self._sealed(identity_id, proven.tokens),
        )


def _contexts(identity_id: UUID) -> tuple[bytes, bytes]:
    """Return what the two seals are bound to."""
    return b"access\0" + identity_id.bytes, b"refresh\0" + identity_id.bytes

"""Giving up an account: asked for, confirmed by mail, undone within a grace period."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from keywright.features.account_deletion.emails import (
    account_deactivated,
    account_reactivated,
    confirm_deletion,
)
from keywright.features.account_deletion.events import DeletionRequested
from keywright.features.account_deletion.types import DeletionKind
from keywright.features.challenges.errors import TokenNotValid
from keywright.features.challenges.service import Flows, Opened
from keywright.features.challenges.types import Challenge, Purpose
from keywright.features.outbox.service import LetterWriter
from keywright.features.sessions.store import OpenSessions
from keywright.features.sessions.types import EndReason
from keywright.features.users.errors import AccountDeactivated
from keywright.features.users.events import StatusChanged, UserRemoved
from keywright.features.users.store import UserStore
from keywright.features.users.types import Status, User
from keywright.shared.clock import Now
from keywright.shared.events import Publish

OnRemoval = Callable[[User], Awaitable[None]]
"""Removes what belongs to a user outside of the database, such as pictures."""


async def nothing_else(_: User) -> None:
    """Stand for a removal without anything outside of the database."""


@dataclass(frozen=True, slots=True)
class AccountDeletion:
    """Soft: deactivated until purged. Hard: gone at once."""

    users: UserStore
    sessions: OpenSessions
    flows: Flows
    letters: LetterWriter
    publish: Publish
    now: Now
    token_lifetime: timedelta
    grace: timedelta
    client_url: str = ""
    on_removal: OnRemoval = nothing_else

    async def request(self, user: User, kind: DeletionKind) -> Opened:
        """Mail *user* a token that carries out the deletion, once."""
        opened = self.flows.open_token(
            Purpose.DELETION,
            subject=user.id,
            lifetime=self.token_lifetime,
            data=f"{user.epoch} {kind}".encode(),
        )
        email = confirm_deletion(
            user,
            token=opened.secret,
            kind=kind,
            lifetime=self.token_lifetime,
            client_url=self.client_url,
        )
        letter = self.letters.write(
            email, kind="confirm_deletion", lifetime=self.token_lifetime
        )
        await self.flows.issue(opened, letter=letter)
        await self.publish(DeletionRequested(user.id, kind))
        return opened

    async def confirm(self, user: User, token: str) -> DeletionKind:
        """Carry out what *token* stands for, for the signed-in *user* it names.

        Raise `TokenNotValid` or `ProofInUse`.
        """
        challenge = await self.flows.prove_token(token, Purpose.DELETION)
        epoch, _, kind = self.flows.data_of(challenge).decode().partition(" ")
        if challenge.subject != user.id or int(epoch) != user.epoch:
            raise TokenNotValid
        await self.flows.spend(challenge)
        done = await self.carry_out(user, DeletionKind(kind))
        await self.flows.finish(challenge)
        if not done:
            raise TokenNotValid
        return DeletionKind(kind)

    async def carry_out(self, user: User, kind: DeletionKind) -> bool:
        """Deactivate or remove *user*, whoever has been asked by now.

        False, changing nothing, if the user changed since *user* was read.
        """
        if kind is DeletionKind.HARD:
            return await self.remove(user)
        return await self._deactivate(user)

    async def refuse_deactivated(self, user: User) -> AccountDeactivated:
        """Return the refusal of a right sign-in, with a token that reactivates."""
        opened = self.flows.open_token(
            Purpose.REACTIVATION,
            subject=user.id,
            lifetime=self.token_lifetime,
            data=str(user.epoch).encode(),
        )
        await self.flows.issue(opened, letter=None)
        return AccountDeactivated(data={"reactivationToken": opened.secret})

    async def reactivate(self, token: str) -> User:
        """Make the user active again; raise `TokenNotValid` or `ProofInUse`."""
        challenge = await self.flows.prove_token(token, Purpose.REACTIVATION)
        user = await self._deactivated(challenge)
        await self.flows.spend(challenge)
        if user.status is Status.ACTIVE:
            await self.flows.finish(challenge)
            return user
        letter = self.letters.write(
            account_reactivated(user), kind="account_reactivated"
        )
        changed = await self.users.set_status(
            user.id,
            Status.ACTIVE,
            epoch=user.epoch,
            purge_after=None,
            now=self.now(),
            letter=letter,
        )
        await self.flows.finish(challenge)
        if not changed:
            raise TokenNotValid
        await self.publish(StatusChanged(user.id, Status.ACTIVE))
        return user

    async def remove(self, user: User) -> bool:
        """Remove the user with everything that refers to it, for good.

        False, changing nothing, if the user changed since *user* was read. The first
        step ends all sessions and the grace period, so that an interrupted removal is
        completed by the purge, and nobody comes back meanwhile. The user goes last:
        while it is there, the purge finds what is left. What a request that overlaps
        writes for it is removed once more, for no request knows the user any longer.
        """
        now = self.now()
        doomed = await self.users.set_status(
            user.id,
            Status.DEACTIVATED,
            epoch=user.epoch,
            purge_after=now,
            now=now,
            letter=None,
        )
        if not doomed:
            return False
        await self._end_sessions(user)
        await self.on_removal(user)
        await self._forget(user)
        await self.users.remove(user.id)
        await self._forget(user)
        await self.publish(UserRemoved(user.id))
        return True

    async def _deactivate(self, user: User) -> bool:
        now = self.now()
        purge_after = now + self.grace
        letter = self.letters.write(
            account_deactivated(user, purge_after=purge_after),
            kind="account_deactivated",
        )
        changed = await self.users.set_status(
            user.id,
            Status.DEACTIVATED,
            epoch=user.epoch,
            purge_after=purge_after,
            now=now,
            letter=letter,
        )
        if changed:
            await self._end_sessions(user)
            await self.publish(StatusChanged(user.id, Status.DEACTIVATED))
        return changed

    async def _deactivated(self, challenge: Challenge) -> User:
        """Return the user to reactivate, or who was by this token before a crash."""
        user = challenge.subject and await self.users.by_id(challenge.subject)
        if not user:
            raise TokenNotValid
        epoch = int(self.flows.data_of(challenge))
        was_done = challenge.used_at is not None and user.epoch == epoch + 1
        if was_done and user.status is Status.ACTIVE:
            return user
        if user.status is not Status.DEACTIVATED or user.epoch != epoch:
            raise TokenNotValid
        if user.purge_after is None or user.purge_after <= self.now():
            raise TokenNotValid
        return user

    async def _forget(self, user: User) -> None:
        await self.flows.forget(user.id)
        await self.sessions.forget(user.id)

    async def _end_sessions(self, user: User) -> None:
        await self.sessions.end_others(
            user.id, keep=None, reason=EndReason.ACCOUNT_CLOSED, now=self.now()
        )

"""Sign-up, sign-in, reset and deletion, for compositions that mail codes."""

from collections.abc import Mapping, Sequence

from keywright.blueprints.foundation.foundation import Foundation
from keywright.blueprints.foundation.settings import AccountSettings
from keywright.features.account_deletion.service import AccountDeletion, OnRemoval
from keywright.features.account_deletion.worker import LapsedPurge
from keywright.features.challenges.service import FlowRules, Flows
from keywright.features.password_reset.service import PasswordReset
from keywright.features.passwords.service import PasswordDoor
from keywright.features.sessions.service import OwnSessions
from keywright.features.sessions.store import CredentialIssuer
from keywright.features.sign_in.service import SignIn
from keywright.features.sign_up.service import SignUp
from keywright.features.users.store import OnProof
from keywright.features.users.types import User


class Accounts:
    """What users do with their accounts; *door* is where every sign-in ends."""

    def __init__(
        self,
        base: Foundation,
        settings: AccountSettings,
        issuer: CredentialIssuer,
        *,
        removals: Sequence[OnRemoval] = (),
        on_proof: Sequence[OnProof] = (),
    ) -> None:
        """Let the door open sessions by *issuer*.

        *removals* take away, in turn, what else belongs to a user who is removed, and
        *on_proof* what others may have added before the address was first proved.
        """
        self.on_proof = tuple(on_proof)
        self._removals = tuple(removals)
        self._base = base
        self._settings = settings
        self.flows = Flows(
            base.stores.challenges,
            keys=base.secret.keys("challenge"),
            vault=base.vault,
            rules=FlowRules(
                lifetime=settings.otp_lifetime,
                attempts=settings.otp_attempts,
                cooldown=settings.otp_cooldown,
            ),
            now=base.now,
        )
        self.deletion = self._deletion()
        self.lapsed = LapsedPurge(
            base.stores.users, self.deletion, base.publish, base.now
        )
        self.door = SignIn(
            users=base.stores.users,
            issuer=issuer,
            devices=base.devices,
            outbox=base.stores.outbox,
            letters=base.letters,
            refuse_deactivated=self.deletion.refuse_deactivated,
            publish=base.publish,
            now=base.now,
        )
        self.sign_up = self._sign_up()
        self.reset = self._password_reset()

    def services(self) -> Mapping[type, object]:
        """Return what the routes of accounts ask for."""
        base = self._base
        return {
            OwnSessions: OwnSessions(base.stores.sessions, base.publish, base.now),
            SignUp: self.sign_up,
            PasswordDoor: self._password_door(),
            PasswordReset: self.reset,
            AccountDeletion: self.deletion,
        }

    def _deletion(self) -> AccountDeletion:
        base, settings = self._base, self._settings
        return AccountDeletion(
            users=base.stores.users,
            sessions=base.stores.sessions,
            flows=self.flows,
            letters=base.letters,
            publish=base.publish,
            now=base.now,
            token_lifetime=settings.reset_lifetime,
            grace=settings.deletion_grace,
            client_url=settings.client_url,
            on_removal=self._remove_belongings,
        )

    async def _remove_belongings(self, user: User) -> None:
        for remove in self._removals:
            await remove(user)

    def _sign_up(self) -> SignUp:
        base = self._base
        return SignUp(
            users=base.stores.users,
            flows=self.flows,
            passwords=base.passwords,
            letters=base.letters,
            limits=base.limits,
            publish=base.publish,
            now=base.now,
            is_open=self._settings.sign_up == "open",
        )

    def _password_door(self) -> PasswordDoor:
        base = self._base
        return PasswordDoor(
            users=base.stores.users,
            passwords=base.passwords,
            lockout=base.lockout,
            devices=base.devices,
            door=self.door,
            outbox=base.stores.outbox,
            letters=base.letters,
            publish=base.publish,
            now=base.now,
        )

    def _password_reset(self) -> PasswordReset:
        base = self._base
        return PasswordReset(
            users=base.stores.users,
            sessions=base.stores.sessions,
            flows=self.flows,
            passwords=base.passwords,
            lockout=base.lockout,
            devices=base.devices,
            limits=base.limits,
            letters=base.letters,
            publish=base.publish,
            now=base.now,
            token_lifetime=self._settings.reset_lifetime,
            on_proof=self.on_proof,
        )

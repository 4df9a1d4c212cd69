"""The composition root: who needs what, in one place."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from keywright.blueprints.hybrid_auth.foundation import Foundation
from keywright.blueprints.hybrid_auth.purge import Purge
from keywright.blueprints.hybrid_auth.settings import Settings
from keywright.blueprints.hybrid_auth.storage import open_stores
from keywright.blueprints.hybrid_auth.types import Stores
from keywright.blueprints.hybrid_auth.web import (
    credential_cookies,
    health_details,
    web_rules,
)
from keywright.features.account_deletion.service import AccountDeletion
from keywright.features.account_deletion.worker import LapsedPurge
from keywright.features.health.routes import HealthDetails
from keywright.features.health.service import Health
from keywright.features.keys.service import SigningKeys
from keywright.features.outbox.service import MailWatch
from keywright.features.outbox.worker import MailWorker
from keywright.features.password_reset.service import PasswordReset
from keywright.features.passwords.service import PasswordDoor, Passwords
from keywright.features.profile.service import Profile
from keywright.features.rate_limits.service import RateLimits
from keywright.features.refresh_tokens.dependencies import RefreshCounter
from keywright.features.refresh_tokens.service import (
    FamilyAuthenticator,
    RefreshTokens,
)
from keywright.features.refresh_tokens.types import Lifetimes
from keywright.features.sessions.cookies import CredentialCookies
from keywright.features.sessions.dependencies import Gate
from keywright.features.sessions.service import OwnSessions
from keywright.features.sign_in.service import SignIn
from keywright.features.sign_up.service import SignUp
from keywright.senders.mail import Mailer
from keywright.shared.access_tokens import AccessTokens
from keywright.shared.background import Job, once
from keywright.shared.clock import StoreClock
from keywright.shared.dependencies import Services
from keywright.shared.rotating_tokens import RotatingTokens
from keywright.shared.routing import WebRules
from keywright.shared.settings import SettingsInvalid

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Hybrid:
    """The blueprint, ready to serve: what routes ask for, and work beside them."""

    services: Services
    jobs: Sequence[Job]
    stores: Stores
    keys: SigningKeys
    passwords: Passwords
    purge: Purge
    close: Callable[[], Awaitable[None]]


async def open_hybrid(settings: Settings, *, mailer: Mailer | None = None) -> Hybrid:
    """Open the stores, load the signing keys, and build every service.

    Raise `SettingsInvalid` if a store would lose what it acknowledged, or is not made
    as the code relies on.
    """
    stores = await open_stores(settings)
    try:
        await _require_durable(stores)
        clock = StoreClock()
        await clock.measure(stores.now)
        hybrid = Composition(settings, stores, clock, mailer).build()
        await hybrid.keys.load()
    except BaseException:
        await stores.close()
        raise
    return hybrid


async def _require_durable(stores: Stores) -> None:
    problems = await stores.check()
    if problems:
        raise SettingsInvalid({"AUTH_REDIS_URL": "; ".join(problems)})
    if misfits := await stores.misfits():
        raise SettingsInvalid({"AUTH_DATABASE_URL": "; ".join(misfits)})
    for shortcoming in await stores.shortcomings():
        log.warning("store_shortcoming", extra={"detail": shortcoming})


class Composition(Foundation):
    """Builds the services of one process."""

    def build(self) -> Hybrid:
        """Return everything, wired."""
        settings, stores = self.settings, self.stores
        keys = SigningKeys(
            stores.keys,
            self.vault,
            algorithm=settings.signing_alg,
            longest_life=settings.access_token_lifetime,
            now=self.now,
        )
        access = AccessTokens(
            lambda: keys.ring,
            issuer=settings.public_url,
            lifetime=settings.access_token_lifetime,
            now=self.now,
        )
        refresh = self._refresh(access)
        deletion = self._deletion()
        door = SignIn(
            users=stores.users,
            issuer=refresh,
            devices=self.devices,
            outbox=stores.outbox,
            letters=self.letters,
            refuse_deactivated=deletion.refuse_deactivated,
            publish=self.publish,
            now=self.now,
        )
        cookies = credential_cookies(settings)
        gate = Gate(
            authenticator=FamilyAuthenticator(stores.families, access, self.now),
            cookies=cookies,
            sign_out=refresh.sign_out,
            now=self.now,
            step_up_after=settings.step_up_after,
        )
        services = Services(
            {
                WebRules: web_rules(settings, self.local_limits),
                RateLimits: self.limits,
                RefreshCounter: RefreshCounter(self.local_limits),
                CredentialCookies: cookies,
                Gate: gate,
                SigningKeys: keys,
                RefreshTokens: refresh,
                OwnSessions: OwnSessions(stores.families, self.publish, self.now),
                SignUp: self._sign_up(),
                PasswordDoor: self._password_door(door),
                PasswordReset: self._password_reset(),
                Profile: Profile(stores.users, self.publish, self.now),
                AccountDeletion: deletion,
                Health: Health(
                    stores.probes,
                    watched={"mail": MailWatch(stores.outbox, now=self.now).probe},
                    now=self.now,
                ),
                HealthDetails: health_details(settings, stores.probes),
            }
        )
        purge = Purge(
            stores,
            LapsedPurge(stores.users, deletion, self.publish, self.now),
            self.now,
        )
        return Hybrid(
            services=services,
            jobs=self._jobs(keys, purge),
            stores=stores,
            keys=keys,
            passwords=self.passwords,
            purge=purge,
            close=self.close,
        )

    def _refresh(self, access: AccessTokens) -> RefreshTokens:
        settings = self.settings
        return RefreshTokens(
            families=self.stores.families,
            tokens=RotatingTokens(
                signing_keys=self.secret.keys("refresh signing"),
                successor_keys=self.secret.keys("refresh successor"),
            ),
            access=access,
            letters=self.letters,
            lifetimes=Lifetimes(
                access=settings.access_token_lifetime,
                idle=settings.session_idle_lifetime,
                absolute=settings.session_lifetime,
                retry_window=settings.refresh_retry_window,
            ),
            max_sessions=settings.max_sessions,
            publish=self.publish,
            now=self.now,
        )

    def _deletion(self) -> AccountDeletion:
        return AccountDeletion(
            users=self.stores.users,
            sessions=self.stores.families,
            flows=self.flows,
            letters=self.letters,
            publish=self.publish,
            now=self.now,
            token_lifetime=self.settings.reset_lifetime,
            grace=self.settings.deletion_grace,
            client_url=self.settings.client_url,
        )

    def _sign_up(self) -> SignUp:
        return SignUp(
            users=self.stores.users,
            flows=self.flows,
            passwords=self.passwords,
            letters=self.letters,
            limits=self.limits,
            publish=self.publish,
            now=self.now,
        )

    def _password_door(self, door: SignIn) -> PasswordDoor:
        return PasswordDoor(
            users=self.stores.users,
            passwords=self.passwords,
            lockout=self.lockout,
            devices=self.devices,
            door=door,
            outbox=self.stores.outbox,
            letters=self.letters,
            publish=self.publish,
            now=self.now,
        )

    def _password_reset(self) -> PasswordReset:
        return PasswordReset(
            users=self.stores.users,
            sessions=self.stores.families,
            flows=self.flows,
            passwords=self.passwords,
            lockout=self.lockout,
            devices=self.devices,
            limits=self.limits,
            letters=self.letters,
            publish=self.publish,
            now=self.now,
            token_lifetime=self.settings.reset_lifetime,
        )

    def _jobs(self, keys: SigningKeys, purge: Purge) -> Sequence[Job]:
        worker = MailWorker(
            self.stores.outbox,
            self.letters,
            self.mailer,
            publish=self.publish,
            now=self.now,
        )
        measure = partial(self.clock.measure, self.stores.now)
        return (
            Job("mail", timedelta(seconds=1), worker.run_once),
            Job("audit", timedelta(seconds=1), self.audit.flush),
            Job("keys", timedelta(seconds=30), once(keys.load)),
            Job("clock", timedelta(minutes=1), once(measure)),
            Job("purge", timedelta(minutes=10), purge.run_batch),
        )

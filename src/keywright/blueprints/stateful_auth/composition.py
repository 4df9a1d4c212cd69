"""The composition root: who needs what, in one place."""

from keywright.blueprints.foundation.accounts import Accounts
from keywright.blueprints.foundation.foundation import Foundation
from keywright.blueprints.foundation.opening import assembled, opened
from keywright.blueprints.foundation.social import forgetting, social
from keywright.blueprints.foundation.types import Auth
from keywright.blueprints.foundation.web import credential_cookies
from keywright.blueprints.stateful_auth.settings import Settings
from keywright.blueprints.stateful_auth.storage import open_stores
from keywright.blueprints.stateful_auth.types import Stores
from keywright.features.opaque_sessions.service import OpaqueSessions
from keywright.features.opaque_sessions.types import SessionLifetimes
from keywright.features.sessions.cookies import CredentialCookies
from keywright.features.sessions.dependencies import Gate
from keywright.senders.files import FileStore
from keywright.senders.mail import Mailer
from keywright.shared.clock import StoreClock


async def open_auth(
    settings: Settings,
    *,
    mailer: Mailer | None = None,
    files: FileStore | None = None,
) -> Auth:
    """Open the stores and build every service.

    Raise `SettingsInvalid` if a store would lose what it acknowledged, or is not made
    as the code relies on.
    """
    stores = await open_stores(settings)

    async def build(clock: StoreClock) -> Auth:
        base = Foundation(settings, stores, clock, mailer)
        return _composed(base, settings, stores, files)

    return await opened(stores, build)


def _composed(
    base: Foundation, settings: Settings, stores: Stores, files: FileStore | None
) -> Auth:
    sessions = OpaqueSessions(
        sessions=stores.sessions,
        lifetimes=SessionLifetimes(
            idle=settings.session_idle_lifetime, absolute=settings.session_lifetime
        ),
        max_sessions=settings.max_sessions,
        publish=base.publish,
        now=base.now,
    )
    providers = stores.providers
    if providers is None:
        raise LookupError("providers")
    removals = [forgetting(providers)]
    accounts = Accounts(base, settings, sessions, files, removals=removals)
    cookies = credential_cookies(settings, access="sid", refresh=None)
    gate = Gate(
        authenticator=sessions,
        cookies=cookies,
        sign_out=sessions.sign_out,
        now=base.now,
        step_up_after=settings.step_up_after,
    )
    services = {
        CredentialCookies: cookies,
        Gate: gate,
        OpaqueSessions: sessions,
        **accounts.services(),
        **social(
            base,
            settings,
            providers,
            accounts,
            is_sign_up_open=settings.sign_up == "open",
        ),
    }
    return assembled(
        base,
        services,
        further=[accounts.lapsed.run_once],
        watched={"files": accounts.files.check},
    )

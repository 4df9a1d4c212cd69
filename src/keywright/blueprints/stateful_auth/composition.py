"""The composition root: who needs what, in one place."""

from functools import partial
from typing import Unpack

from keywright.blueprints.foundation.accounts import Accounts
from keywright.blueprints.foundation.foundation import Foundation
from keywright.blueprints.foundation.opening import assembled, opened
from keywright.blueprints.foundation.pictures import Senders, profiles
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


async def open_auth(settings: Settings, **senders: Unpack[Senders]) -> Auth:
    """Open the stores and build every service.

    Raise `SettingsInvalid` if a store would lose what it acknowledged, or is not made
    as the code relies on.
    """
    stores = await open_stores(settings)
    compose = partial(_composed, settings=settings, stores=stores, senders=senders)
    return await opened(settings, stores, senders.get("mailer"), compose)


async def _composed(
    base: Foundation, *, settings: Settings, stores: Stores, senders: Senders
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
    profile = profiles(base, settings, senders)
    links = forgetting(stores)
    removals = [*profile.removals, *links]
    accounts = Accounts(base, settings, sessions, removals=removals, on_proof=links)
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
        **profile.services,
        **social(base, settings, accounts),
    }
    return assembled(
        base,
        services,
        further=[accounts.lapsed.run_once],
        watched=profile.watched,
    )

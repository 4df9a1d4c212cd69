"""The composition root: who needs what, in one place."""

from datetime import timedelta

from keywright.blueprints.auth_service.settings import Settings
from keywright.blueprints.auth_service.storage import open_stores
from keywright.blueprints.auth_service.types import Stores
from keywright.blueprints.foundation.foundation import Foundation
from keywright.blueprints.foundation.opening import assembled, opened
from keywright.blueprints.foundation.registrations import registrations
from keywright.blueprints.foundation.tokens import tokens
from keywright.blueprints.foundation.types import Auth
from keywright.features.ended_sessions.service import PublishedList
from keywright.features.keys.service import SigningKeys
from keywright.features.refresh_tokens.dependencies import RefreshCounter
from keywright.features.refresh_tokens.service import (
    FamilyAuthenticator,
    RefreshTokens,
)
from keywright.features.sessions.cookies import CredentialCookies, Transport
from keywright.features.sessions.dependencies import Gate
from keywright.senders.mail import Mailer
from keywright.shared.background import Job, once
from keywright.shared.clock import StoreClock
from keywright.shared.cookies import Cookie, Cookies

ROLE = "customer"
"""What new users are."""


async def open_auth(settings: Settings, *, mailer: Mailer | None = None) -> Auth:
    """Open the stores, load the signing keys, and build every service.

    Raise `SettingsInvalid` if a store is not made as the code relies on.
    """
    stores = await open_stores(settings)

    async def build(clock: StoreClock) -> Auth:
        base = Foundation(settings, stores, clock, mailer)
        return await _composed(base, settings, stores)

    return await opened(stores, build)


async def _composed(base: Foundation, settings: Settings, stores: Stores) -> Auth:
    issued = tokens(base, settings, stores)
    await issued.keys.load()
    cookies = CredentialCookies(
        cookies=Cookies(secure=settings.has_secure_cookies),
        access=Cookie("access_token"),
        refresh=Cookie("refresh_token"),
        allowed=(Transport.COOKIE,),
    )
    gate = Gate(
        authenticator=FamilyAuthenticator(stores.sessions, issued.access, base.now),
        cookies=cookies,
        sign_out=issued.refresh.sign_out,
        now=base.now,
    )
    services = {
        CredentialCookies: cookies,
        Gate: gate,
        SigningKeys: issued.keys,
        RefreshTokens: issued.refresh,
        RefreshCounter: RefreshCounter(base.local_limits),
        PublishedList: issued.ended,
        **registrations(base, issued.refresh, role=ROLE),
    }
    load = Job("keys", timedelta(seconds=30), once(issued.keys.load))
    return assembled(base, services, further=[issued.ended.purge], jobs=[load])

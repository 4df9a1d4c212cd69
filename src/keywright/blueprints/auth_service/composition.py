"""The composition root: who needs what, in one place."""

from functools import partial

from keywright.blueprints.auth_service.settings import Settings
from keywright.blueprints.auth_service.storage import open_stores
from keywright.blueprints.auth_service.types import Stores
from keywright.blueprints.foundation.foundation import Foundation
from keywright.blueprints.foundation.opening import assembled, opened
from keywright.blueprints.foundation.registrations import registrations
from keywright.blueprints.foundation.tokens import Tokens, loading, signing_keys
from keywright.blueprints.foundation.types import Auth
from keywright.features.keys.service import SigningKeys
from keywright.features.sessions.cookies import CredentialCookies, Transport
from keywright.senders.mail import Mailer
from keywright.shared.cookies import Cookie, Cookies

ROLE = "customer"
"""What new users are."""


async def open_auth(settings: Settings, *, mailer: Mailer | None = None) -> Auth:
    """Open the stores, load the signing keys, and build every service.

    Raise `SettingsInvalid` if a store is not made as the code relies on.
    """
    stores = await open_stores(settings)
    compose = partial(_composed, settings=settings, stores=stores)
    return await opened(settings, stores, mailer, compose)


async def _composed(base: Foundation, *, settings: Settings, stores: Stores) -> Auth:
    keys = await signing_keys(base, settings)
    tokens = Tokens(base, settings, stores, lambda: keys.ring)
    cookies = CredentialCookies(
        cookies=Cookies(secure=settings.has_secure_cookies),
        access=Cookie("access_token"),
        refresh=Cookie("refresh_token"),
        allowed=(Transport.COOKIE,),
    )
    services = {
        SigningKeys: keys,
        **tokens.services(cookies),
        **registrations(base, tokens.refresh, role=ROLE),
    }
    return assembled(base, services, further=[tokens.ended.purge], jobs=[loading(keys)])

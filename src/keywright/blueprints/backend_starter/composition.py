"""The composition root: who needs what, in one place."""

from functools import partial

from keywright.blueprints.backend_starter.settings import Settings
from keywright.blueprints.backend_starter.storage import open_stores
from keywright.blueprints.backend_starter.types import Stores
from keywright.blueprints.foundation.foundation import Foundation
from keywright.blueprints.foundation.opening import assembled, opened
from keywright.blueprints.foundation.registrations import registrations
from keywright.blueprints.foundation.tokens import Tokens
from keywright.blueprints.foundation.types import Auth
from keywright.features.passwords.policy import all_kinds
from keywright.features.sessions.cookies import CredentialCookies, Transport
from keywright.senders.mail import Mailer
from keywright.shared.cookies import Cookie, Cookies
from keywright.shared.jwt import KeyRing, shared_key

ROLE = "USER"
"""What new users are."""
BASE = "/v1/auth"


async def open_auth(settings: Settings, *, mailer: Mailer | None = None) -> Auth:
    """Open the stores and build every service.

    Raise `SettingsInvalid` if a store is not made as the code relies on.
    """
    stores = await open_stores(settings)
    compose = partial(_composed, settings=settings, stores=stores)
    return await opened(settings, stores, mailer, compose, rules=[all_kinds])


async def _composed(base: Foundation, *, settings: Settings, stores: Stores) -> Auth:
    ring = _ring(base, settings)
    tokens = Tokens(base, settings, stores, lambda: ring)
    cookies = CredentialCookies(
        cookies=Cookies(secure=settings.has_secure_cookies),
        access=None,
        refresh=Cookie(settings.refresh_cookie_name, BASE),
        device=Cookie("device", BASE),
        allowed=(Transport.SPLIT,),
    )
    services = {
        **tokens.services(cookies),
        **registrations(base, tokens.refresh, role=ROLE),
    }
    return assembled(base, services, further=[tokens.ended.purge])


def _ring(base: Foundation, settings: Settings) -> KeyRing:
    given = [one.get_secret_value().encode() for one in settings.jwt_access_secret]
    keys = [shared_key(key) for key in given or base.secret.keys("access signing")]
    return KeyRing(keys[0], keys)

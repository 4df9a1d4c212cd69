"""The composition root: who needs what, in one place."""

from functools import partial
from typing import Unpack

from keywright.blueprints.foundation.accounts import Accounts
from keywright.blueprints.foundation.foundation import Foundation
from keywright.blueprints.foundation.opening import assembled, opened
from keywright.blueprints.foundation.pictures import Senders, profiles
from keywright.blueprints.foundation.social import forgetting, social
from keywright.blueprints.foundation.tokens import Tokens, loading, signing_keys
from keywright.blueprints.foundation.types import Auth
from keywright.blueprints.foundation.web import credential_cookies
from keywright.blueprints.hybrid_auth.settings import Settings
from keywright.blueprints.hybrid_auth.storage import open_stores
from keywright.blueprints.hybrid_auth.types import Stores
from keywright.features.keys.service import SigningKeys


async def open_auth(settings: Settings, **senders: Unpack[Senders]) -> Auth:
    """Open the stores, load the signing keys, and build every service.

    Raise `SettingsInvalid` if a store would lose what it acknowledged, or is not made
    as the code relies on.
    """
    stores = await open_stores(settings)
    compose = partial(_composed, settings=settings, stores=stores, senders=senders)
    return await opened(settings, stores, senders.get("mailer"), compose)


async def _composed(
    base: Foundation, *, settings: Settings, stores: Stores, senders: Senders
) -> Auth:
    keys = await signing_keys(base, settings)
    tokens = Tokens(base, settings, stores, lambda: keys.ring)
    profile = profiles(base, settings, senders)
    links = forgetting(stores)
    removals = [*profile.removals, *links]
    accounts = Accounts(
        base, settings, tokens.refresh, removals=removals, on_proof=links
    )
    cookies = credential_cookies(settings, access="accessToken", refresh="refreshToken")
    services = {
        SigningKeys: keys,
        **tokens.services(cookies, step_up_after=settings.step_up_after),
        **accounts.services(),
        **profile.services,
        **social(base, settings, accounts),
    }
    return assembled(
        base,
        services,
        further=[accounts.lapsed.run_once, tokens.ended.purge],
        jobs=[loading(keys)],
        watched=profile.watched,
    )

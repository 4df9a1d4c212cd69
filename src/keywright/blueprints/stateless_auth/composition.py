"""The composition root: who needs what, in one place."""

from dataclasses import replace
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
from keywright.blueprints.stateless_auth.settings import Settings
from keywright.blueprints.stateless_auth.storage import open_stores
from keywright.blueprints.stateless_auth.types import Codes, Stores
from keywright.features.challenges.types import Purpose
from keywright.features.code_sign_in.service import CodeSignIn
from keywright.features.keys.service import SigningKeys
from keywright.features.refresh_tokens.dependencies import AccessGate, Renewal


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
    renewal = Renewal(cookies)
    step_up = settings.step_up_after
    services = {
        SigningKeys: keys,
        **tokens.services(cookies, step_up_after=step_up, renewal=renewal),
        AccessGate: AccessGate(tokens.access, cookies, renewal),
        **accounts.services(),
        **profile.services,
        **social(base, settings, accounts),
        Codes: Codes(
            sign_up=accounts.sign_up,
            sign_in=_code_sign_in(base, accounts),
            reset=accounts.reset,
            change=replace(accounts.reset, purpose=Purpose.PASSWORD_CHANGE),
            signs_in_twice=settings.signin_otp,
        ),
    }
    return assembled(
        base,
        services,
        further=[accounts.lapsed.run_once, tokens.ended.purge],
        jobs=[loading(keys)],
        watched=profile.watched,
    )


def _code_sign_in(base: Foundation, accounts: Accounts) -> CodeSignIn:
    return CodeSignIn(
        users=base.stores.users,
        flows=accounts.flows,
        devices=base.devices,
        limits=base.limits,
        letters=base.letters,
        door=accounts.door,
        on_proof=accounts.on_proof,
        publish=base.publish,
        now=base.now,
    )

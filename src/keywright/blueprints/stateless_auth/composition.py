"""The composition root: who needs what, in one place."""

from dataclasses import replace
from datetime import timedelta
from typing import Unpack

from keywright.blueprints.foundation.accounts import Accounts
from keywright.blueprints.foundation.foundation import Foundation
from keywright.blueprints.foundation.opening import assembled, opened
from keywright.blueprints.foundation.pictures import Senders, profiles
from keywright.blueprints.foundation.social import forgetting, social
from keywright.blueprints.foundation.tokens import tokens
from keywright.blueprints.foundation.types import Auth
from keywright.blueprints.foundation.web import credential_cookies
from keywright.blueprints.stateless_auth.settings import Settings
from keywright.blueprints.stateless_auth.storage import open_stores
from keywright.blueprints.stateless_auth.types import Codes, Stores
from keywright.features.challenges.types import Purpose
from keywright.features.code_sign_in.service import CodeSignIn
from keywright.features.ended_sessions.service import PublishedList
from keywright.features.keys.service import SigningKeys
from keywright.features.refresh_tokens.dependencies import (
    AccessGate,
    RefreshCounter,
    Renewal,
)
from keywright.features.refresh_tokens.service import (
    FamilyAuthenticator,
    RefreshTokens,
)
from keywright.features.sessions.cookies import CredentialCookies
from keywright.features.sessions.dependencies import Gate
from keywright.shared.background import Job, once
from keywright.shared.clock import StoreClock


async def open_auth(settings: Settings, **senders: Unpack[Senders]) -> Auth:
    """Open the stores, load the signing keys, and build every service.

    Raise `SettingsInvalid` if a store would lose what it acknowledged, or is not made
    as the code relies on.
    """
    stores = await open_stores(settings)

    async def build(clock: StoreClock) -> Auth:
        base = Foundation(settings, stores, clock, senders.get("mailer"))
        return await _composed(base, settings, stores, senders)

    return await opened(stores, build)


async def _composed(
    base: Foundation, settings: Settings, stores: Stores, senders: Senders
) -> Auth:
    issued = tokens(base, settings, stores)
    await issued.keys.load()
    profile = profiles(base, settings, senders)
    removals = [*profile.removals, *forgetting(stores)]
    accounts = Accounts(base, settings, issued.refresh, removals=removals)
    cookies = credential_cookies(settings, access="accessToken", refresh="refreshToken")
    renewal = Renewal(cookies)
    gate = Gate(
        authenticator=FamilyAuthenticator(stores.sessions, issued.access, base.now),
        cookies=cookies,
        sign_out=issued.refresh.sign_out,
        now=base.now,
        step_up_after=settings.step_up_after,
        renew=renewal.renew,
    )
    services = {
        CredentialCookies: cookies,
        Gate: gate,
        SigningKeys: issued.keys,
        RefreshTokens: issued.refresh,
        RefreshCounter: RefreshCounter(base.local_limits),
        PublishedList: issued.ended,
        AccessGate: AccessGate(issued.access, cookies, renewal),
        **accounts.services(),
        **profile.services,
        **social(
            base,
            settings,
            accounts,
            is_sign_up_open=settings.sign_up == "open",
        ),
        Codes: Codes(
            sign_up=accounts.sign_up,
            sign_in=_code_sign_in(base, accounts),
            reset=accounts.reset,
            change=replace(accounts.reset, purpose=Purpose.PASSWORD_CHANGE),
            signs_in_twice=settings.signin_otp,
        ),
    }
    load = Job("keys", timedelta(seconds=30), once(issued.keys.load))
    return assembled(
        base,
        services,
        further=[accounts.lapsed.run_once, issued.ended.purge],
        jobs=[load],
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
        publish=base.publish,
        now=base.now,
    )

"""Access tokens over rotating refresh tokens, for compositions that issue them."""

from collections.abc import Callable
from dataclasses import dataclass

from keywright.blueprints.foundation.foundation import Foundation
from keywright.blueprints.foundation.settings import LifetimeSettings, TokenSettings
from keywright.blueprints.foundation.types import Stores
from keywright.features.ended_sessions.service import PublishedList
from keywright.features.keys.service import SigningKeys
from keywright.features.refresh_tokens.service import RefreshTokens
from keywright.features.refresh_tokens.store import RefreshFamilyStore
from keywright.features.refresh_tokens.types import Lifetimes
from keywright.shared.access_tokens import AccessTokens
from keywright.shared.jwt import KeyRing
from keywright.shared.rotating_tokens import RotatingTokens


@dataclass(frozen=True, slots=True)
class Tokens:
    """What signs, writes and rotates tokens; *keys* are loaded before the first use.

    *ended* is what services that check tokens by themselves have to know.
    """

    keys: SigningKeys
    access: AccessTokens
    refresh: RefreshTokens
    ended: PublishedList


def tokens(
    base: Foundation, settings: TokenSettings, stores: Stores[RefreshFamilyStore]
) -> Tokens:
    """Return tokens with the lifetimes of *settings*, whose families are in *stores*.

    Raise LookupError if *stores* keep no keys.
    """
    if stores.keys is None:
        raise LookupError("keys")
    keys = SigningKeys(
        stores.keys,
        base.vault,
        algorithm=settings.signing_alg,
        longest_life=settings.access_token_lifetime,
        now=base.now,
    )
    access, refresh = issued(base, settings, stores, lambda: keys.ring)
    return Tokens(keys, access, refresh, ended_sessions(base, settings, stores))


def issued(
    base: Foundation,
    settings: LifetimeSettings,
    stores: Stores[RefreshFamilyStore],
    ring: Callable[[], KeyRing],
) -> tuple[AccessTokens, RefreshTokens]:
    """Return tokens of which the access tokens are signed by the keys of *ring*."""
    access = AccessTokens(
        ring,
        issuer=settings.public_url,
        lifetime=settings.access_token_lifetime,
        now=base.now,
    )
    refresh = RefreshTokens(
        families=stores.sessions,
        tokens=RotatingTokens(
            signing_keys=base.secret.keys("refresh signing"),
            successor_keys=base.secret.keys("refresh successor"),
        ),
        access=access,
        letters=base.letters,
        lifetimes=Lifetimes(
            access=settings.access_token_lifetime,
            idle=settings.session_idle_lifetime,
            absolute=settings.session_lifetime,
            retry_window=settings.refresh_retry_window,
        ),
        max_sessions=settings.max_sessions,
        publish=base.publish,
        now=base.now,
    )
    return access, refresh


def ended_sessions(
    base: Foundation, settings: LifetimeSettings, stores: Stores[RefreshFamilyStore]
) -> PublishedList:
    """Return the list of sessions whose access tokens may be unexpired."""
    return PublishedList(
        stores.sessions.ended,
        stores.users,
        longest_life=settings.access_token_lifetime,
        now=base.now,
    )

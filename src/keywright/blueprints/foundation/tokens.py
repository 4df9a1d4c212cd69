"""Access tokens over rotating refresh tokens, for compositions that issue them."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from keywright.blueprints.foundation.foundation import Foundation
from keywright.blueprints.foundation.settings import LifetimeSettings, TokenSettings
from keywright.blueprints.foundation.types import Stores
from keywright.features.ended_sessions.service import PublishedList
from keywright.features.keys.service import SigningKeys
from keywright.features.refresh_tokens.dependencies import RefreshCounter, Renewal
from keywright.features.refresh_tokens.service import (
    FamilyAuthenticator,
    RefreshTokens,
)
from keywright.features.refresh_tokens.store import RefreshFamilyStore
from keywright.features.refresh_tokens.types import Lifetimes
from keywright.features.sessions.cookies import CredentialCookies
from keywright.features.sessions.dependencies import Gate
from keywright.shared.access_tokens import AccessTokens
from keywright.shared.background import Job, once
from keywright.shared.jwt import KeyRing
from keywright.shared.rotating_tokens import RotatingTokens


class Tokens:
    """What writes, reads and rotates tokens.

    *ended* is what services that check tokens by themselves have to know.
    """

    def __init__(
        self,
        base: Foundation,
        settings: LifetimeSettings,
        stores: Stores[RefreshFamilyStore],
        ring: Callable[[], KeyRing],
    ) -> None:
        """Sign access tokens with the keys of *ring*; families are kept in *stores*."""
        self._base = base
        self._families = stores.sessions
        self.access = AccessTokens(
            ring,
            issuer=settings.public_url,
            lifetime=settings.access_token_lifetime,
            now=base.now,
        )
        self.refresh = RefreshTokens(
            families=stores.sessions,
            tokens=RotatingTokens(
                signing_keys=base.secret.keys("refresh signing"),
                successor_keys=base.secret.keys("refresh successor"),
            ),
            access=self.access,
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
        self.ended = PublishedList(
            stores.sessions.ended,
            stores.users,
            longest_life=settings.access_token_lifetime,
            now=base.now,
        )

    def services(
        self,
        cookies: CredentialCookies,
        *,
        step_up_after: timedelta | None = None,
        renewal: Renewal | None = None,
    ) -> Mapping[type, object]:
        """Return what routes ask for, where *cookies* may carry the tokens."""
        gate = Gate(
            authenticator=FamilyAuthenticator(
                self._families, self.access, self._base.now
            ),
            cookies=cookies,
            sign_out=self.refresh.sign_out,
            now=self._base.now,
            step_up_after=step_up_after,
            renew=renewal.renew if renewal is not None else None,
        )
        return {
            CredentialCookies: cookies,
            Gate: gate,
            RefreshTokens: self.refresh,
            RefreshCounter: RefreshCounter(self._base.local_limits),
            PublishedList: self.ended,
        }


async def signing_keys(base: Foundation, settings: TokenSettings) -> SigningKeys:
    """Return the signing keys that the stores keep, loaded.

    Raise LookupError if they keep none.
    """
    if base.stores.keys is None:
        raise LookupError("keys")
    keys = SigningKeys(
        base.stores.keys,
        base.vault,
        algorithm=settings.signing_alg,
        longest_life=settings.access_token_lifetime,
        now=base.now,
    )
    await keys.load()
    return keys


def loading(keys: SigningKeys) -> Job:
    """Return the work that sees what other processes do to *keys*."""
    return Job("keys", timedelta(seconds=30), once(keys.load))

"""Sign-in with providers, for compositions that offer it."""

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from keywright.blueprints.foundation.accounts import Accounts
from keywright.blueprints.foundation.foundation import Foundation
from keywright.blueprints.foundation.provider_settings import ProviderSettings
from keywright.blueprints.foundation.provider_stores import ProviderStores
from keywright.blueprints.foundation.settings import AuthSettings
from keywright.blueprints.foundation.types import Stores
from keywright.features.account_deletion.service import OnRemoval
from keywright.features.identities.service import Identities
from keywright.features.oauth.policy import Places
from keywright.features.oauth.providers.catalogue import build
from keywright.features.oauth.routes import router as provider_routes
from keywright.features.oauth.service import OAuth
from keywright.features.oauth.types import Provider
from keywright.features.sessions.store import OpenSessions
from keywright.features.users.dependencies import WaysIn
from keywright.features.users.types import User
from keywright.shared.client_address import parse_networks
from keywright.shared.clock import Now
from keywright.shared.egress import Egress
from keywright.shared.fetch import Fetcher
from keywright.shared.origins import origin_of

__all__ = ["BASE", "SOCIAL_ROUTES", "forgetting", "social"]

BASE = "/api/auth"
SOCIAL_ROUTES: Final = (provider_routes,)


def social(
    base: Foundation,
    settings: ProviderSettings,
    accounts: Accounts,
) -> Mapping[type, object]:
    """Return what the routes of providers ask for; no provider is asked yet."""
    stores = base.stores.part(ProviderStores)
    providers = providers_of(settings, now=base.now)
    identities = Identities(
        store=stores.identities,
        users=base.stores.users,
        letters=base.letters,
        purge=accounts.deletion.remove,
        vault=base.vault,
        publish=base.publish,
        now=base.now,
        is_sign_up_open=settings.sign_up == "open",
        is_offered=bool(providers),
    )
    oauth = OAuth(
        providers=providers,
        transactions=stores.transactions,
        identities=identities,
        users=base.stores.users,
        sessions=base.stores.sessions,
        devices=base.devices,
        door=accounts.door,
        vault=base.vault,
        places=places_of(settings),
        publish=base.publish,
        now=base.now,
    )

    async def linked(user_id: UUID) -> Sequence[str]:
        return [one.provider for one in await identities.of_user(user_id)]

    return {Identities: identities, OAuth: oauth, WaysIn: WaysIn(linked)}


def forgetting(stores: Stores[OpenSessions]) -> Sequence[OnRemoval]:
    """Return what removes a user's identities where no foreign key does."""
    identities = stores.part(ProviderStores).identities

    async def forget(user: User) -> None:
        await identities.forget(user.id)

    return [forget]


def providers_of(settings: ProviderSettings, *, now: Now) -> Mapping[str, Provider]:
    """Return the providers that *settings* configure, by name."""
    egress = Egress(
        further=parse_networks(settings.oauth_networks),
        plain_loopback=not settings.is_production,
    )
    fetcher = Fetcher(egress)
    configs = [client.config for client in settings.oauth_clients]
    return {config.name: build(config, fetcher, now=now) for config in configs}


def places_of(settings: AuthSettings) -> Places:
    """Return where browsers go: back to us, then to the front end."""
    home = settings.client_url or settings.public_url
    return Places(
        callbacks=f"{settings.public_url.rstrip('/')}{BASE}",
        home=origin_of(home),
        landing=home,
        origins=frozenset([origin_of(home), *settings.allowed_origins]),
    )

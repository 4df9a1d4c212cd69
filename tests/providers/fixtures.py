"""Fixtures of the provider; import them into a conftest."""

from collections.abc import AsyncIterator, Callable

import pytest

from keywright.features.oauth.providers.keys import Issuer as Published
from keywright.features.oauth.providers.oidc import OidcProvider
from keywright.features.oauth.service import OAuth
from tests.blueprints.fixtures import ServiceWith
from tests.blueprints.harness import Service
from tests.providers.issuer import Issuer
from tests.providers.journeys import FRONT_END, Journey, registration
from tests.providers.server import listening

Travel = Callable[..., Journey]


@pytest.fixture(scope="session")
async def listening_issuer() -> AsyncIterator[Issuer]:
    issuer = Issuer()
    async with listening(issuer):
        yield issuer


@pytest.fixture
def issuer(listening_issuer: Issuer) -> Issuer:
    listening_issuer.reset()
    return listening_issuer


@pytest.fixture
async def social(service_with: ServiceWith, issuer: Issuer) -> Service:
    """Return a service with two providers, which knows nothing of them yet."""
    opened = await service_with(
        client_url=FRONT_END,
        oauth_clients=(
            registration("test", issuer.base, email_domains="*"),
            registration("other", issuer.base),
        ),
    )
    forget(opened)
    issuer.clock = lambda: opened.now().timestamp()
    return opened


@pytest.fixture
def journey(social: Service, issuer: Issuer) -> Journey:
    return Journey(social, issuer, social.client())


def forget(service: Service) -> None:
    """Let the service ask its providers anew what they publish."""
    for provider in service.built.get(OAuth).providers.values():
        if isinstance(provider, OidcProvider):
            provider._published = Published(
                provider.issuer, provider._fetcher, now=provider._now
            )

"""Tokens of a provider: kept only where asked for, shown to nobody."""

import json

import pytest

from keywright.features.identities.service import Identities
from keywright.features.identities.types import ProviderTokens
from tests.blueprints.answers import refused, shown
from tests.blueprints.fixtures import ServiceWith
from tests.blueprints.harness import Service, some_email
from tests.providers.fixtures import forget
from tests.providers.issuer import Issuer
from tests.providers.journeys import FRONT_END, Journey, owner, registration
from tests.providers.server import Answer, Asked, as_json

VARIANTS = ("sqlite",)


@pytest.fixture
async def keeping(service_with: ServiceWith, issuer: Issuer) -> Service:
    opened = await service_with(
        client_url=FRONT_END,
        oauth_clients=(
            registration("test", issuer.base, email_domains="*", keep_tokens="true"),
        ),
    )
    forget(opened)
    issuer.clock = lambda: opened.now().timestamp()
    return opened


def gives(issuer: Issuer, **further: object) -> None:
    """Let *issuer* answer with further members, or without those that are None."""

    def token(asked: Asked) -> Answer:
        told = Issuer._token(issuer, asked)
        members = {**json.loads(told.content), **further}
        return as_json({name: one for name, one in members.items() if one is not None})

    issuer.routes["/token"] = token


async def kept_by(service: Service, email: str) -> ProviderTokens | None:
    user = await service.stores.users.by_email(email)
    assert user is not None
    return await service.built.get(Identities).tokens_of(user.id, "test")


async def test_what_the_provider_gave_can_be_read_by_the_application(
    keeping: Service, issuer: Issuer
) -> None:
    journey = Journey(keeping, issuer, keeping.client())
    gives(issuer, refresh_token="rt-of-ada", scope="mail.read")
    answer = await journey.sign_in_as_json(**owner(email := some_email()))

    tokens = await kept_by(keeping, email)

    assert tokens is not None
    assert (tokens.refresh, tokens.scope) == ("rt-of-ada", "mail.read")
    assert f"used {tokens.access}" in issuer.consents
    assert tokens.expires_at is not None
    assert 290 < (tokens.expires_at - keeping.now()).total_seconds() <= 300
    shown_to_client = answer.text + (await journey.client.get("/profile")).text
    assert tokens.access not in shown_to_client
    assert tokens.refresh not in shown_to_client
    shown(answer)


async def test_they_are_gone_when_the_provider_is_unlinked(
    keeping: Service, issuer: Issuer
) -> None:
    client = await keeping.signed_in()
    journey = Journey(keeping, issuer, client)
    shown(await journey.link())
    assert await kept_by(keeping, client.user.email) is not None

    shown(await client.request("DELETE", journey.url("/link")))

    assert await kept_by(keeping, client.user.email) is None


async def test_without_the_setting_nothing_is_kept(
    social: Service, issuer: Issuer
) -> None:
    journey = Journey(social, issuer, social.client())
    gives(issuer, refresh_token="rt-of-ada")
    shown(await journey.sign_in_as_json(**owner(email := some_email())))

    user = await social.stores.users.by_email(email)
    assert user is not None
    (one,) = await social.built.get(Identities).of_user(user.id)
    assert one.tokens is None


@pytest.mark.parametrize("token", ["line\nbreak", "é", "x" * 16_385])
async def test_a_token_that_is_none_by_its_form_is_refused(
    keeping: Service, issuer: Issuer, token: str
) -> None:
    journey = Journey(keeping, issuer, keeping.client())
    gives(issuer, refresh_token=token)
    answer = await journey.sign_in_as_json(**owner(some_email()))
    refused(answer, 400, "provider_answer_invalid")


@pytest.mark.parametrize("seconds", [None, "300", True, 0, -1, 10**12, 1.5])
async def test_a_lifetime_that_is_none_is_left_open(
    keeping: Service, issuer: Issuer, seconds: object
) -> None:
    journey = Journey(keeping, issuer, keeping.client())
    gives(issuer, expires_in=seconds)
    shown(await journey.sign_in_as_json(**owner(email := some_email())))

    tokens = await kept_by(keeping, email)
    assert tokens is not None
    assert tokens.expires_at is None

"""Signing in with Facebook, whose addresses are never trusted."""

import itertools
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from httpx2 import Response

from tests.blueprints.answers import refused, shown
from tests.blueprints.fixtures import ServiceWith
from tests.blueprints.harness import Service
from tests.providers.facebook import Facebook
from tests.providers.issuer import CLIENT_ID
from tests.providers.journeys import FRONT_END, JSON, registration
from tests.providers.server import listening

VARIANTS = ("sqlite",)
IDS = itertools.count(10_151_000_000_000_000)
INVALID = (400, "provider_answer_invalid")


@dataclass(slots=True)
class Visitor:
    """Somebody on the way from the service to Facebook and back."""

    service: Service
    facebook: Facebook

    async def sign_in(self) -> Response:
        """Sign in, and return what the service says."""
        client = self.service.client()
        url = self.service.root("/api/auth/facebook")
        begun = shown(await client.get(url, headers=JSON))
        params = self.facebook.consent(begun["url"])
        return await client.get(f"{url}/callback", params=params, headers=JSON)

    async def show(self, token: str) -> Response:
        """Sign in by a token that an app got."""
        url = self.service.root("/api/auth/facebook/id-token")
        return await self.service.client().post(url, json={"accessToken": token})


@pytest.fixture(scope="module")
async def facebook() -> AsyncIterator[Facebook]:
    server = Facebook()
    async with listening(server):
        yield server


@pytest.fixture
async def visitor(service_with: ServiceWith, facebook: Facebook) -> Visitor:
    known = registration(
        "facebook", facebook.base, prefix="AUTH_OAUTH_", email_domains="*"
    )
    facebook.user = {"id": str(next(IDS)), "name": "Ada Lovelace"}
    facebook.inspection = {}
    service = await service_with(client_url=FRONT_END, oauth_clients=(known,))
    return Visitor(service, facebook)


async def test_somebody_signs_up_and_in_again(visitor: Visitor) -> None:
    first = shown(await visitor.sign_in())["user"]
    again = shown(await visitor.sign_in())["user"]

    assert again["id"] == first["id"]
    assert first["name"] == "Ada Lovelace"
    assert first["providers"] == ["facebook"]


@pytest.mark.attack("C11")
async def test_an_address_is_never_trusted(visitor: Visitor) -> None:
    victim = await visitor.service.user()
    visitor.facebook.user |= {"email": victim.email, "verified": True}
    visitor.facebook.user["email_verified"] = True

    user = shown(await visitor.sign_in())["user"]

    assert user["id"] != str(victim.id)
    assert user["email"] is None


async def test_an_app_signs_in_by_its_token_once(visitor: Visitor) -> None:
    token = visitor.facebook.token()

    shown(await visitor.show(token))

    refused(await visitor.show(token), *INVALID)


@pytest.mark.attack("C5")
async def test_a_token_has_one_spelling(visitor: Visitor) -> None:
    token = visitor.facebook.token()
    shown(await visitor.show(token))
    before = len(visitor.facebook.asked)

    for other in (f"{token} ", f" {token}", f"{token}\n", f"{token}=", f"{token}%20"):
        refused(await visitor.show(other), *INVALID)

    assert len(visitor.facebook.asked) == before


@pytest.mark.attack("C9")
async def test_a_token_for_another_app_is_refused(visitor: Visitor) -> None:
    refused(await visitor.show(visitor.facebook.token("another-app")), *INVALID)


@pytest.mark.attack("C9")
@pytest.mark.parametrize(
    "inspection",
    [
        {"is_valid": False},
        {"is_valid": "true"},
        {"app_id": None},
        {"app_id": [CLIENT_ID]},
        {"user_id": "somebody-else"},
        {"user_id": None},
    ],
    ids=str,
)
async def test_a_token_that_does_not_fit_is_refused(
    visitor: Visitor, inspection: dict[str, object]
) -> None:
    visitor.facebook.inspection = inspection

    refused(await visitor.sign_in(), *INVALID)


@pytest.mark.attack("C9")
async def test_a_token_that_nobody_gave_out_is_refused(visitor: Visitor) -> None:
    refused(await visitor.show("EAA-made-up"), *INVALID)


@pytest.mark.attack("C12")
@pytest.mark.parametrize("subject", [None, "", True, []])
async def test_without_an_id_nobody_signs_in(visitor: Visitor, subject: object) -> None:
    visitor.facebook.user["id"] = subject

    refused(await visitor.sign_in(), *INVALID)


@pytest.mark.attack("C9")
async def test_an_id_token_is_not_what_it_takes(visitor: Visitor) -> None:
    url = visitor.service.root("/api/auth/facebook/id-token")

    answer = await visitor.service.client().post(url, json={"idToken": "a.b.c"})

    refused(answer, 400, "token_sign_in_unsupported")

"""Signing in with GitHub, which speaks a protocol of its own."""

import itertools
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from httpx2 import Response

from tests.blueprints.answers import refused, shown
from tests.blueprints.fixtures import ServiceWith
from tests.blueprints.harness import Service, some_email
from tests.providers.github import GitHub
from tests.providers.journeys import FRONT_END, JSON, registration
from tests.providers.server import Answer, as_json, listening

VARIANTS = ("sqlite",)
IDS = itertools.count(583231)


@dataclass(slots=True)
class Octocat:
    """Somebody on the way from the service to GitHub and back."""

    service: Service
    github: GitHub

    async def sign_in(self) -> Response:
        """Sign in, and return what the service says."""
        client = self.service.client()
        url = self.service.root("/api/auth/github")
        begun = shown(await client.get(url, headers=JSON))
        params = self.github.consent(begun["url"])
        return await client.get(f"{url}/callback", params=params, headers=JSON)


@pytest.fixture(scope="module")
async def github() -> AsyncIterator[GitHub]:
    server = GitHub()
    async with listening(server):
        yield server


@pytest.fixture
async def octocat(service_with: ServiceWith, github: GitHub) -> Octocat:
    known = registration("github", github.base, prefix="AUTH_OAUTH_")
    github.user = {"id": next(IDS), "login": "octocat", "name": "Mona Lisa Octocat"}
    github.emails = []
    service = await service_with(client_url=FRONT_END, oauth_clients=(known,))
    return Octocat(service, github)


def row(
    email: str, *, primary: bool = True, verified: bool = True
) -> dict[str, object]:
    """Return an address as GitHub lists it."""
    return {"email": email, "primary": primary, "verified": verified}


async def test_the_primary_verified_address_is_trusted(octocat: Octocat) -> None:
    email = some_email()
    octocat.github.emails = [row(some_email(), primary=False), row(email)]

    user = shown(await octocat.sign_in())["user"]

    assert (user["email"], user["isEmailVerified"]) == (email, True)
    assert user["name"] == "Mona Lisa Octocat"
    assert user["providers"] == ["github"]


async def test_the_same_person_signs_in_again(octocat: Octocat) -> None:
    first = shown(await octocat.sign_in())["user"]
    octocat.github.user["login"] = "renamed"

    assert shown(await octocat.sign_in())["user"]["id"] == first["id"]


async def test_without_a_public_address_the_private_one_is_found(
    octocat: Octocat,
) -> None:
    email = some_email()
    octocat.github.user["email"] = None
    octocat.github.emails = [row(email)]

    assert shown(await octocat.sign_in())["user"]["email"] == email


async def test_without_a_name_the_login_is_shown(octocat: Octocat) -> None:
    octocat.github.user["name"] = None

    assert shown(await octocat.sign_in())["user"]["name"] == "octocat"


@pytest.mark.attack("C11")
@pytest.mark.parametrize(
    ("primary", "verified"), [(True, False), (False, True), (True, "true"), (1, 1)]
)
async def test_an_address_that_is_not_both_finds_nobody(
    octocat: Octocat, primary: object, verified: object
) -> None:
    victim = await octocat.service.user()
    octocat.github.user["email"] = victim.email
    listed = {"email": victim.email, "primary": primary, "verified": verified}
    octocat.github.emails = [listed]

    user = shown(await octocat.sign_in())["user"]

    assert user["id"] != str(victim.id)
    assert user["email"] is None


@pytest.mark.attack("C11")
async def test_the_address_of_an_account_is_no_way_into_it(octocat: Octocat) -> None:
    victim = await octocat.service.user()
    octocat.github.emails = [row(victim.email)]

    refused(await octocat.sign_in(), 409, "account_exists")


@pytest.mark.attack("C12")
@pytest.mark.parametrize("subject", [None, "", True, [1], {"a": 1}, 1.5])
async def test_without_an_id_nobody_signs_in(octocat: Octocat, subject: object) -> None:
    octocat.github.user["id"] = subject

    refused(await octocat.sign_in(), 400, "provider_answer_invalid")


@pytest.mark.attack("C12")
@pytest.mark.parametrize("emails", [None, {}, "a@b.example", [None, 1, "a@b.example"]])
async def test_a_list_that_is_none_has_no_addresses(
    octocat: Octocat, emails: object
) -> None:
    octocat.github.emails = emails

    assert shown(await octocat.sign_in())["user"]["email"] is None


@pytest.mark.attack("C16")
async def test_an_error_with_the_status_of_a_success_is_an_error(
    octocat: Octocat,
) -> None:
    path = "/login/oauth/access_token"
    honest = octocat.github.routes[path]
    octocat.github.routes[path] = lambda _: as_json({"error": "bad_verification_code"})

    answer = await octocat.sign_in()

    octocat.github.routes[path] = honest
    refused(answer, 400, "provider_answer_invalid")


@pytest.mark.attack("C16")
async def test_a_page_instead_of_the_user_is_an_outage(octocat: Octocat) -> None:
    honest = octocat.github.routes["/api/v3/user"]
    octocat.github.routes["/api/v3/user"] = lambda _: Answer(kind="text/html")

    answer = await octocat.sign_in()

    octocat.github.routes["/api/v3/user"] = honest
    refused(answer, 502, "provider_unavailable")


@pytest.mark.attack("C9")
async def test_its_tokens_are_not_taken_from_apps(octocat: Octocat) -> None:
    url = octocat.service.root("/api/auth/github/id-token")

    answer = await octocat.service.client().post(url, json={"accessToken": "gho_a"})

    refused(answer, 400, "token_sign_in_unsupported")

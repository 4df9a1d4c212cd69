"""Signing in at a certified OpenID provider, end to end by HTTP."""

import pytest

from tests.blueprints.answers import refused, shown
from tests.blueprints.fixtures import ServiceWith
from tests.blueprints.harness import Client, Service, some_email
from tests.providers.certified import Person, certified, rotate_keys
from tests.providers.journeys import FRONT_END, JSON, PAGE, error_in

VARIANTS = ("sqlite",)


@pytest.fixture(scope="session")
def database(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the address of one that never saw the clock of the other tests."""
    return f"sqlite:///{tmp_path_factory.mktemp('certified') / 'auth.db'}"


@pytest.fixture
async def certain(service_with: ServiceWith, database: str) -> Service:
    return await service_with(
        client_url=FRONT_END,
        oauth_clients=(certified(),),
        database_url=database,
        test_clock=None,
    )


def url(service: Service, path: str = "") -> str:
    """Return the address of *path* below the provider's."""
    return service.root(f"/api/auth/certified{path}")


async def start(service: Service, client: Client) -> str:
    """Return where a browser is sent that begins to sign in."""
    answer = await client.get(url(service), headers=PAGE)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


async def test_somebody_new_signs_up(certain: Service) -> None:
    client, email = certain.client(), some_email()
    params = await Person(email).agree(await start(certain, client))

    answer = await client.get(url(certain, "/callback"), params=params, headers=PAGE)

    assert error_in(answer) is None
    user = shown(await client.get("/profile"))["user"]
    assert (user["email"], user["isEmailVerified"]) == (email, True)
    assert user["providers"] == ["certified"]


async def test_the_same_person_signs_in_again(certain: Service) -> None:
    person, ids = Person(some_email()), set()
    for _ in range(2):
        client = certain.client()
        params = await person.agree(await start(certain, client))
        answer = await client.get(
            url(certain, "/callback"), params=params, headers=JSON
        )
        ids.add(shown(answer)["user"]["id"])

    assert len(ids) == 1


async def test_a_user_links_it_and_unlinks_it(certain: Service) -> None:
    client = await certain.signed_in()
    begun = shown(await client.post(url(certain, "/link"), json={"returnTo": "/me"}))
    params = await Person("nobody-in-particular").agree(begun["url"])

    answer = await client.get(url(certain, "/callback"), params=params, headers=PAGE)

    assert answer.headers["location"] == f"{FRONT_END}/me"
    user = shown(await client.get("/profile"))["user"]
    assert user["providers"] == ["password", "certified"]
    shown(await client.request("DELETE", url(certain, "/link")))
    user = shown(await client.get("/profile"))["user"]
    assert user["providers"] == ["password"]


async def test_who_declines_is_sent_back_with_a_code(certain: Service) -> None:
    client = certain.client()
    params = await Person(some_email()).decline(await start(certain, client))

    answer = await client.get(url(certain, "/callback"), params=params, headers=PAGE)

    assert error_in(answer) == "provider_denied"


async def test_a_code_that_was_changed_is_refused(certain: Service) -> None:
    client = certain.client()
    params = await Person(some_email()).agree(await start(certain, client))
    changed = {**params, "code": params["code"][::-1]}

    answer = await client.get(url(certain, "/callback"), params=changed, headers=JSON)

    refused(answer, 400, "provider_answer_invalid")


async def test_a_code_is_good_once_at_the_provider_too(certain: Service) -> None:
    person, client = Person(some_email()), certain.client()
    first = await person.agree(await start(certain, client))
    shown(await client.get(url(certain, "/callback"), params=first, headers=JSON))
    second = await person.agree(await start(certain, client))
    replayed = {**second, "code": first["code"]}

    answer = await client.get(url(certain, "/callback"), params=replayed, headers=JSON)

    refused(answer, 400, "provider_answer_invalid")


async def test_keys_that_are_new_when_it_signs_are_found(certain: Service) -> None:
    client = certain.client()
    params = await Person(some_email()).agree(await start(certain, client))
    shown(await client.get(url(certain, "/callback"), params=params, headers=JSON))
    await rotate_keys()
    other = certain.client()
    params = await Person(some_email()).agree(await start(certain, other))

    answer = await other.get(url(certain, "/callback"), params=params, headers=JSON)

    shown(answer)

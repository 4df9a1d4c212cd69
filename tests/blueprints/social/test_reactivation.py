"""Undoing a deactivation in a browser, by signing in with a provider."""

import pytest
from httpx2 import Response

from keywright.features.identities.types import Identity
from keywright.features.users.types import Status, User
from tests.blueprints.answers import cookies_set, invalid, is_cleared, refused, shown
from tests.blueprints.harness import some_email
from tests.blueprints.kinds import HYBRID, STATEFUL, STATELESS
from tests.instants import DAY
from tests.providers.journeys import Journey, error_in, identities_in, owner

BLUEPRINTS = (HYBRID, STATEFUL, STATELESS)
VARIANTS = ("sqlite",)
COOKIE = "reactivation"

Claims = dict[str, object]


@pytest.fixture
async def claims(journey: Journey) -> Claims:
    """Return what the provider says of somebody who is deactivated."""
    someone = owner(some_email())
    shown(await journey.sign_in_as_json(**someone))
    identity = await linked(journey, someone)
    users = journey.service.stores.users
    now = journey.service.now()
    assert await users.set_status(
        identity.user_id,
        Status.DEACTIVATED,
        epoch=0,
        purge_after=now + 30 * DAY,
        now=now,
        letter=None,
    )
    return someone


async def linked(journey: Journey, someone: Claims) -> Identity:
    store = identities_in(journey.service)
    found = await store.by_subject(journey.issuer.base, str(someone["sub"]))
    assert found is not None
    return found


async def owner_of(journey: Journey, someone: Claims) -> User:
    identity = await linked(journey, someone)
    user = await journey.service.stores.users.by_id(identity.user_id)
    assert user is not None
    return user


async def reactivate(journey: Journey, **members: object) -> Response:
    """Ask for the account, at the path that the blueprint has for it."""
    flat = journey.service.settings.blueprint == STATELESS
    path = "/reactivate-account" if flat else "/account/reactivate"
    return await journey.client.put(path, json=members)


async def test_a_browser_that_was_sent_back_can_reactivate(
    journey: Journey, claims: Claims
) -> None:
    answer = await journey.sign_in(**claims)
    assert error_in(answer) == "account_deactivated"

    done = await reactivate(journey)

    assert shown(done) is None
    assert is_cleared(cookies_set(done)[COOKIE])
    assert (await owner_of(journey, claims)).status is Status.ACTIVE
    assert error_in(await journey.sign_in(**claims)) is None


@pytest.mark.asvs("V14.2.1")
async def test_no_script_and_no_address_has_the_token(
    journey: Journey, claims: Claims
) -> None:
    answer = await journey.sign_in(**claims)

    kept = cookies_set(answer)[COOKIE]
    assert kept.value not in answer.headers["location"] + answer.text
    assert "#" not in answer.headers["location"]
    assert kept["httponly"]
    assert kept["samesite"].lower() == "lax"
    assert int(kept["max-age"]) == 600


@pytest.mark.attack("M1")
async def test_another_browser_cannot_reactivate(
    journey: Journey, claims: Claims
) -> None:
    await journey.sign_in(**claims)
    other = Journey(journey.service, journey.issuer, journey.service.client())

    invalid(await reactivate(other), "reactivationToken")

    assert (await owner_of(journey, claims)).status is Status.DEACTIVATED


@pytest.mark.attack("K1")
async def test_another_sites_page_cannot_reactivate(
    journey: Journey, claims: Claims
) -> None:
    await journey.sign_in(**claims)
    journey.client.headers["origin"] = "https://evil.example"

    refused(await reactivate(journey), 403, "cross_site_request")

    assert (await owner_of(journey, claims)).status is Status.DEACTIVATED


async def test_a_client_that_reads_answers_gets_the_token_in_one(
    journey: Journey, claims: Claims
) -> None:
    answer = await journey.sign_in_as_json(**claims)

    data = refused(answer, 403, "account_deactivated")["data"]
    assert COOKIE not in cookies_set(answer)
    shown(await reactivate(journey, reactivationToken=data["reactivationToken"]))


async def test_a_user_who_is_banned_is_offered_nothing(
    journey: Journey, claims: Claims
) -> None:
    user, now = await owner_of(journey, claims), journey.service.now()
    await journey.service.stores.users.set_status(
        user.id, Status.BANNED, epoch=1, purge_after=None, now=now, letter=None
    )

    answer = await journey.sign_in(**claims)

    assert error_in(answer) == "account_banned"
    assert COOKIE not in cookies_set(answer)

"""Whose account it is: addresses, factors, sign-ups (C11, C12, C14, C18)."""

import pytest

from tests.blueprints.answers import shown
from tests.blueprints.fixtures import ServiceWith
from tests.blueprints.harness import (
    PASSWORD,
    Service,
    sign_up_body,
    some_email,
)
from tests.blueprints.mailbox import code_in
from tests.providers.fixtures import forget
from tests.providers.issuer import Issuer
from tests.providers.journeys import (
    FRONT_END,
    Journey,
    identities_in,
    owner,
    person,
    refusal_of,
    registration,
)
from tests.security.everywhere import everywhere
from tests.security.test_social_redirects import no_session


@pytest.mark.attack("C11")
@pytest.mark.parametrize("verified", [False, None, "true", 1, "false", [True]])
async def test_an_address_that_was_not_verified_finds_nobody(
    journey: Journey, verified: object
) -> None:
    victim = await journey.service.user()
    claims = person(email=victim.email)
    if verified is not None:
        claims["email_verified"] = verified

    user = shown(await journey.sign_in_as_json(**claims))["user"]

    assert user["id"] != str(victim.id)
    assert user["email"] is None
    assert user["isEmailVerified"] is False


@pytest.mark.attack("C11")
async def test_an_address_of_a_provider_that_is_no_authority_finds_nobody(
    social: Service, issuer: Issuer
) -> None:
    victim = await social.user()
    journey = Journey(social, issuer, social.client(), name="other")

    user = shown(await journey.sign_in_as_json(**owner(victim.email)))["user"]

    assert user["id"] != str(victim.id)
    assert user["email"] is None


@everywhere
@pytest.mark.attack("C11")
async def test_even_a_trusted_address_joins_no_accounts(journey: Journey) -> None:
    victim = await journey.service.user()

    answer = await journey.sign_in_as_json(**owner(victim.email))

    assert refusal_of(answer) == (409, "account_exists")
    assert no_session(journey.client)
    assert not await identities_in(journey.service).of_user(victim.id)


@pytest.mark.attack("C11")
@pytest.mark.parametrize("spelling", [str.upper, str.title, "{}".format])
async def test_spellings_of_an_address_are_one(
    journey: Journey, spelling: "type[str]"
) -> None:
    victim = await journey.service.user(f"ada.{some_email()}")

    answer = await journey.sign_in_as_json(**owner(spelling(victim.email)))

    assert refusal_of(answer) == (409, "account_exists")


@pytest.mark.attack("C12")
@pytest.mark.parametrize(
    "email", [None, "", [], ["a@b.example"], {}, "nobody", "a@b@c", "a@none.invalid", 5]
)
async def test_without_an_address_everybody_is_a_user_apart(
    social: Service, issuer: Issuer, email: object
) -> None:
    ids = set()
    for _ in range(2):
        journey = Journey(social, issuer, social.client())
        answer = await journey.sign_in_as_json(email=email, email_verified=True)
        user = shown(answer)["user"]
        assert user["email"] is None
        ids.add(user["id"])

    assert len(ids) == 2


@everywhere
@pytest.mark.attack("C14")
async def test_the_last_factor_is_not_unlinked(journey: Journey) -> None:
    claims = person()
    await journey.sign_in_as_json(**claims)

    answer = await journey.client.request("DELETE", journey.url("/link"))

    assert refusal_of(answer) == (409, "last_factor")
    assert (await journey.sign_in_as_json(**claims)).status_code == 200


@pytest.mark.attack("C14")
@pytest.mark.attack("D18")
@pytest.mark.attack("I1")
async def test_a_provider_gives_nobody_rights(journey: Journey) -> None:
    answer = await journey.sign_in_as_json(
        **owner(some_email()),
        role="admin",
        roles=["admin"],
        is_admin=True,
        id="00000000-0000-7000-8000-000000000000",
        status="active",
        groups=["admins"],
        created_at="2000-01-01T00:00:00Z",
    )

    user = shown(answer)["user"]
    assert user["role"] == "user"
    assert user["id"] != "00000000-0000-7000-8000-000000000000"
    assert not user["createdAt"].startswith("2000")


@everywhere
@pytest.mark.attack("C11")
async def test_a_sign_up_with_a_strangers_address_gets_nothing_of_the_account(
    journey: Journey,
) -> None:
    service, email = journey.service, some_email()
    attacker = service.client()
    assert (await attacker.post("/signup", json=sign_up_body(email))).status_code == 202
    code = code_in(await service.mail_to(email, "verify"))

    user = shown(await journey.sign_in_as_json(**owner(email)))["user"]

    body = {"email": email, "otpCode": code}
    late = await attacker.post("/verify-user", json=body)
    assert refusal_of(late) == (400, "code_invalid")
    body = {"email": email, "password": PASSWORD}
    refused = await service.client().post("/signin", json=body)
    assert refusal_of(refused) == (401, "invalid_credentials")
    assert user["providers"] == ["test"]


@everywhere
@pytest.mark.attack("C11")
async def test_a_user_who_never_proved_the_address_gives_way_with_everything(
    journey: Journey,
) -> None:
    squatter = await journey.service.user(is_email_verified=False)

    user = shown(await journey.sign_in_as_json(**owner(squatter.email)))["user"]

    assert user["id"] != str(squatter.id)
    assert user["providers"] == ["test"]
    assert await journey.service.stores.users.by_id(squatter.id) is None
    body = {"email": squatter.email, "password": PASSWORD}
    refused = await journey.service.client().post("/signin", json=body)
    assert refusal_of(refused) == (401, "invalid_credentials")


@pytest.mark.attack("M1")
async def test_a_deactivated_user_gets_no_session_by_a_provider(
    journey: Journey,
) -> None:
    claims = owner(some_email())
    await journey.sign_in_as_json(**claims)
    await give_up(journey, str(claims["email"]))
    again = Journey(journey.service, journey.issuer, journey.service.client())

    answer = await again.sign_in_as_json(**claims)

    assert refusal_of(answer) == (403, "account_deactivated")
    assert no_session(again.client)
    assert answer.json()["data"]["reactivationToken"]


@pytest.mark.attack("C18")
async def test_where_sign_up_is_closed_nobody_new_comes_in(
    service_with: ServiceWith, issuer: Issuer
) -> None:
    closed = await service_with(
        client_url=FRONT_END,
        sign_up="closed",
        oauth_clients=(registration("test", issuer.base, email_domains="*"),),
    )
    forget(closed)
    for claims in (owner(some_email()), person()):
        journey = Journey(closed, issuer, closed.client())
        answer = await journey.sign_in_as_json(**claims)
        assert refusal_of(answer) == (403, "sign_up_closed")
        assert no_session(journey.client)
    token = issuer.id_token(owner(some_email()))
    answers = [
        await closed.client().post(journey.url("/id-token"), json={"idToken": token}),
        await closed.client().post("/signup", json=sign_up_body(some_email())),
    ]
    assert [refusal_of(one) for one in answers] == [(403, "sign_up_closed")] * 2


@pytest.mark.attack("C18")
async def test_where_sign_up_is_closed_users_link_and_sign_in(
    service_with: ServiceWith, issuer: Issuer
) -> None:
    closed = await service_with(
        client_url=FRONT_END,
        sign_up="closed",
        oauth_clients=(registration("test", issuer.base, email_domains="*"),),
    )
    forget(closed)
    claims = person()
    shown(await Journey(closed, issuer, await closed.signed_in()).link(**claims))

    answer = await Journey(closed, issuer, closed.client()).sign_in_as_json(**claims)

    assert answer.status_code == 200


async def give_up(journey: Journey, email: str) -> None:
    """Deactivate the account of *journey*."""
    from tests.blueprints.mailbox import token_in

    client = journey.client
    await client.post("/account/request-delete", json={"type": "soft"})
    token = token_in(await journey.service.mail_to(email, "give up"))
    answer = await client.request("DELETE", "/account/delete", json={"token": token})
    assert answer.status_code == 200

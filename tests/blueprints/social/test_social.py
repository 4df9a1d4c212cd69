"""Signing in with a provider, linking and unlinking, over HTTP on every storage."""

import asyncio

from tests.blueprints.answers import cookies_set, is_cleared, refused, shown
from tests.blueprints.fixtures import about
from tests.blueprints.harness import NEW_PASSWORD, PASSWORD, Service, some_email
from tests.blueprints.kinds import HYBRID, STATEFUL, STATELESS
from tests.blueprints.mailbox import code_in, token_in
from tests.providers.issuer import Issuer, some_subject
from tests.providers.journeys import (
    FRONT_END,
    JSON,
    Journey,
    error_in,
    owner,
    person,
)

BLUEPRINTS = (HYBRID, STATEFUL, STATELESS)
WITHOUT_SESSIONS = True


async def test_somebody_new_signs_up_by_signing_in(journey: Journey) -> None:
    email = some_email()

    answer = await journey.sign_in(**owner(email))

    assert answer.status_code == 303
    assert answer.headers["location"] == FRONT_END
    user = shown(await journey.client.get("/profile"))["user"]
    assert user["email"] == email
    assert user["isEmailVerified"] is True
    assert user["name"] == "Ada Lovelace"
    assert user["providers"] == ["test"]
    assert user["role"] == "user"


async def test_the_same_person_signs_in_to_the_same_account(journey: Journey) -> None:
    claims = owner(some_email())
    first = shown(await journey.sign_in_as_json(**claims))["user"]

    again = shown(await journey.sign_in_as_json(**claims))["user"]

    assert again["id"] == first["id"]


async def test_a_changed_address_at_the_provider_changes_nothing_here(
    journey: Journey,
) -> None:
    claims = owner(some_email())
    first = shown(await journey.sign_in_as_json(**claims))["user"]

    again = await journey.sign_in_as_json(**{**claims, "email": some_email()})

    assert shown(again)["user"]["email"] == first["email"]


async def test_a_client_that_asks_for_json_gets_json(journey: Journey) -> None:
    begun = await journey.client.get(journey.url(), headers=JSON)
    url = shown(begun)["url"]
    params = journey.issuer.consent(url, **owner(some_email()))

    answer = await journey.back(params, **JSON)

    assert shown(answer).keys() == {"user"}
    assert {*journey.service.kind.cookies} <= cookies_set(answer).keys()


async def test_a_bearer_client_gets_tokens_in_the_body(
    social: Service, issuer: Issuer
) -> None:
    journey = Journey(social, issuer, social.bearer_client())
    begun = shown(await journey.client.get(journey.url()))
    params = issuer.consent(begun["url"], **owner(some_email()))

    tokens = shown(await journey.back(params))["tokens"]

    journey.client.carry(tokens)
    assert (await journey.client.get("/profile")).status_code == 200


async def test_the_browser_returns_to_where_it_began(journey: Journey) -> None:
    started = await journey.start(returnTo="/settings?tab=2")
    params = journey.issuer.consent(started.headers["location"], **person())

    answer = await journey.back(params)

    assert answer.headers["location"] == f"{FRONT_END}/settings?tab=2"


async def test_the_cookie_of_the_redirect_is_gone_afterwards(journey: Journey) -> None:
    answer = await journey.sign_in()

    assert is_cleared(cookies_set(answer)["oauth"])


async def test_a_user_without_a_trusted_address_has_no_mailbox(
    journey: Journey,
) -> None:
    user = shown(await journey.sign_in_as_json(name="", email=None))["user"]

    assert user["email"] is None
    assert user["isEmailVerified"] is False
    assert user["name"] == "New user"


async def test_who_declines_at_the_provider_is_told_so(journey: Journey) -> None:
    params = await journey.returned()
    declined = {"state": params["state"], "iss": params["iss"]}

    answer = await journey.back({**declined, "error": "access_denied"})

    assert error_in(answer) == "provider_denied"


async def test_a_state_is_good_for_one_of_many_returns(journey: Journey) -> None:
    params = await journey.returned(**owner(some_email()))

    answers = await asyncio.gather(*(journey.back(params, **JSON) for _ in range(8)))

    codes = sorted(answer.status_code for answer in answers)
    assert codes == [200] + [400] * 7


async def test_two_tabs_of_one_newcomer_make_one_user(
    social: Service, issuer: Issuer
) -> None:
    claims = owner(some_email())
    tabs = [Journey(social, issuer, social.client()) for _ in range(4)]
    params = [await tab.returned(**claims) for tab in tabs]

    answers = await asyncio.gather(
        *(tab.back(one, **JSON) for tab, one in zip(tabs, params, strict=True))
    )

    assert len({shown(answer)["user"]["id"] for answer in answers}) == 1


async def test_an_account_of_that_address_is_to_be_proved_first(
    journey: Journey,
) -> None:
    there = await journey.service.user()

    answer = await journey.sign_in(**owner(there.email))

    assert error_in(answer) == "account_exists"
    assert "accessToken" not in cookies_set(answer)


async def test_who_proved_the_account_links_it_and_signs_in_by_it(
    social: Service, issuer: Issuer
) -> None:
    client = await social.signed_in()
    journey = Journey(social, issuer, client)
    claims = owner(client.user.email)

    linked = shown(await journey.link(**claims))["user"]

    assert linked["providers"] == ["password", "test"]
    other = Journey(social, issuer, social.client())
    signed_in = shown(await other.sign_in_as_json(**claims))["user"]
    assert signed_in["id"] == str(client.user.id)
    await social.mail_to(client.user.email, "way to sign in was added")


async def test_linking_twice_changes_nothing(social: Service, issuer: Issuer) -> None:
    client = await social.signed_in()
    journey, claims = Journey(social, issuer, client), person()
    shown(await journey.link(**claims))

    again = shown(await journey.link(**claims))["user"]

    assert again["providers"] == ["password", "test"]


async def test_a_second_account_of_a_provider_is_not_linked(
    social: Service, issuer: Issuer
) -> None:
    journey = Journey(social, issuer, await social.signed_in())
    shown(await journey.link())

    refused(await journey.link(), 409, "provider_linked")


async def test_an_identity_of_another_user_is_not_linked(
    social: Service, issuer: Issuer
) -> None:
    claims = person()
    shown(await Journey(social, issuer, await social.signed_in()).link(**claims))
    other = Journey(social, issuer, await social.signed_in())

    refused(await other.link(**claims), 409, "identity_taken")


async def test_a_linked_provider_is_unlinked(social: Service, issuer: Issuer) -> None:
    client = await social.signed_in()
    journey, claims = Journey(social, issuer, client), person()
    shown(await journey.link(**claims))

    answer = await client.request("DELETE", journey.url("/link"))

    shown(answer)
    assert shown(await client.get("/profile"))["user"]["providers"] == ["password"]
    other = Journey(social, issuer, social.client())
    signed_in = shown(await other.sign_in_as_json(**claims))["user"]
    assert signed_in["id"] != str(client.user.id)


@about(HYBRID, STATEFUL)
async def test_unlinking_ends_what_the_provider_opened_elsewhere(
    social: Service, issuer: Issuer
) -> None:
    client = await social.signed_in()
    journey, claims = Journey(social, issuer, client), person()
    shown(await journey.link(**claims))
    thief = Journey(social, issuer, social.client())
    shown(await thief.sign_in_as_json(**claims))
    elsewhere = await social.signed_in(user=client.user)

    shown(await client.request("DELETE", journey.url("/link")))

    listed = shown(await client.get("/sessions"))["sessions"]
    assert len(listed) == 2
    assert (await elsewhere.get("/sessions")).status_code == 200


async def test_what_is_not_linked_is_not_unlinked(social: Service) -> None:
    client = await social.signed_in()

    answer = await client.request("DELETE", social.root("/api/auth/test/link"))

    refused(answer, 404, "not_linked")


@about(HYBRID, STATEFUL)
async def test_the_last_factor_stays_until_there_is_a_password(
    journey: Journey,
) -> None:
    email = some_email()
    await journey.sign_in(**owner(email))
    client = journey.client
    answer = await client.request("DELETE", journey.url("/link"))
    refused(answer, 409, "last_factor")
    await set_password(journey.service, email)
    await journey.service.client().post("/signin", json=sign_in_body(email))

    signed_in = journey.service.client()
    shown(await signed_in.post("/signin", json=sign_in_body(email)))
    shown(await signed_in.request("DELETE", journey.url("/link")))


async def test_without_a_password_the_sign_in_is_refused_like_a_wrong_one(
    journey: Journey,
) -> None:
    email, there = some_email(), await journey.service.user()
    await journey.sign_in(**owner(email))

    bodies = [
        {"email": email, "password": PASSWORD},
        {"email": there.email, "password": NEW_PASSWORD},
    ]
    client = journey.service.client()
    answers = [await client.post("/signin", json=body) for body in bodies]

    told = [refused(one, 401, "invalid_credentials") for one in answers]
    assert told[0] | {"requestId": ""} == told[1] | {"requestId": ""}


@about(HYBRID, STATEFUL)
async def test_without_a_password_one_can_be_set(journey: Journey) -> None:
    email = some_email()
    await journey.sign_in(**owner(email))

    await set_password(journey.service, email)

    client = journey.service.client()
    user = shown(await client.post("/signin", json=sign_in_body(email)))["user"]
    assert user["providers"] == ["password", "test"]


@about(HYBRID, STATEFUL)
async def test_without_a_password_a_fresh_sign_in_gives_up_the_account(
    journey: Journey,
) -> None:
    claims = owner(some_email())
    first = shown(await journey.sign_in_as_json(**claims))["user"]
    client = journey.client
    body = {"type": "hard"}
    shown(await client.post("/account/request-delete", json=body), 202)
    token = token_in(await journey.service.mail_to(claims["email"], "give up"))

    shown(await client.request("DELETE", "/account/delete", json={"token": token}))

    again = Journey(journey.service, journey.issuer, journey.service.client())
    newcomer = shown(await again.sign_in_as_json(**claims))["user"]
    assert newcomer["id"] != first["id"]


@about(HYBRID, STATEFUL)
async def test_without_a_mailbox_the_token_comes_in_the_answer(
    journey: Journey,
) -> None:
    claims = person()
    first = shown(await journey.sign_in_as_json(**claims))["user"]
    client = journey.client
    asked = await client.post("/account/request-delete", json={"type": "hard"})
    token = shown(asked, 202)["token"]

    shown(await client.request("DELETE", "/account/delete", json={"token": token}))

    again = Journey(journey.service, journey.issuer, journey.service.client())
    assert shown(await again.sign_in_as_json(**claims))["user"]["id"] != first["id"]


async def test_an_app_signs_in_by_an_id_token_once(journey: Journey) -> None:
    claims = {**owner(some_email()), "sub": some_subject()}
    body = {"idToken": journey.issuer.id_token(claims)}
    url = journey.url("/id-token")
    client = journey.service.bearer_client()

    answers = await asyncio.gather(*(client.post(url, json=body) for _ in range(4)))

    assert sorted(one.status_code for one in answers) == [200, 400, 400, 400]


async def test_the_providers_are_listed(social: Service) -> None:
    listed = shown(await social.client().get(social.root("/api/auth/providers")))

    base = social.root("/api/auth")
    assert listed["providers"] == [
        {"name": "other", "label": "Other", "url": f"{base}/other"},
        {"name": "test", "label": "Test", "url": f"{base}/test"},
    ]


async def test_a_service_without_providers_lists_none(service: Service) -> None:
    answer = await service.client().get(service.root("/api/auth/providers"))

    assert shown(answer) == {"providers": []}


async def set_password(service: Service, email: str) -> None:
    """Set a password by a mailed code."""
    client = service.client()
    await client.post("/forgot-password", json={"email": email})
    code = code_in(await service.mail_to(email, "reset"))
    body = {"email": email, "otpCode": code}
    token = shown(await client.post("/verify-reset-otp", json=body))["resetToken"]
    body = {"resetToken": token, "newPassword": NEW_PASSWORD}
    shown(await client.post("/reset-password", json=body))


def sign_in_body(email: str) -> dict[str, str]:
    """Return the body of a sign-in with the password that was set."""
    return {"email": email, "password": NEW_PASSWORD}

"""Redirects to a provider and back: states, browsers, places (C1 to C4, C10, C15)."""

import asyncio
from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.blueprints.answers import cookies_set
from tests.blueprints.fixtures import ServiceWith
from tests.blueprints.forms import data_of
from tests.blueprints.harness import Service, some_email
from tests.providers.issuer import Issuer
from tests.providers.journeys import (
    FRONT_END,
    JSON,
    Journey,
    identities_in,
    owner,
    person,
    refusal_of,
)
from tests.security.everywhere import everywhere

RACERS = 20


def no_session(client: object) -> bool:
    """Say whether *client* holds no credentials."""
    cookies = getattr(client, "cookies", {})
    return not {"accessToken", "refreshToken"} & set(cookies.keys())


@pytest.mark.attack("C1")
@pytest.mark.asvs("V10.1.2")
@pytest.mark.parametrize(
    "state", [None, "", "x", "A" * 43, "a" * 5000, "%00", "é" * 43]
)
async def test_a_state_that_is_not_ours_is_refused(
    journey: Journey, state: str | None
) -> None:
    params = await journey.returned(**owner(some_email()))
    forged = {**params, "state": state} if state is not None else dict(params)
    if state is None:
        del forged["state"]

    answer = await journey.back(forged, **JSON)

    assert refusal_of(answer) == (400, "oauth_state_invalid")
    assert no_session(journey.client)


@pytest.mark.attack("C1")
async def test_a_state_works_once(journey: Journey) -> None:
    params = await journey.returned(**owner(some_email()))
    assert (await journey.back(params, **JSON)).status_code == 200

    assert refusal_of(await journey.back(params, **JSON)) == (
        400,
        "oauth_state_invalid",
    )


@pytest.mark.attack("C1")
async def test_a_state_expires(journey: Journey, social: Service) -> None:
    params = await journey.returned(**owner(some_email()))
    await social.clock.advance(timedelta(minutes=10))

    answer = await journey.back(params, **JSON)

    assert refusal_of(answer) == (400, "oauth_state_invalid")


@everywhere
@pytest.mark.attack("C1")
async def test_of_many_returns_with_one_state_one_signs_in(journey: Journey) -> None:
    params = await journey.returned(**owner(some_email()))

    answers = await asyncio.gather(
        *(journey.back(params, **JSON) for _ in range(RACERS))
    )

    codes = sorted(one.status_code for one in answers)
    assert codes == [200] + [400] * (RACERS - 1)


@pytest.mark.attack("C1")
async def test_a_state_sent_twice_is_refused(journey: Journey) -> None:
    params = await journey.returned(**owner(some_email()))
    query = f"state={params['state']}&state={params['state']}&code={params['code']}"

    answer = await journey.client.get(
        f"{journey.url('/callback')}?{query}", headers=JSON
    )

    assert refusal_of(answer) == (400, "parameter_refused")


@pytest.mark.attack("C2")
@pytest.mark.asvs("V10.2.1")
async def test_an_attackers_return_opened_in_another_browser_is_refused(
    social: Service, issuer: Issuer
) -> None:
    attacker = Journey(social, issuer, social.client())
    params = await attacker.returned(**owner(some_email()))
    victim = Journey(social, issuer, social.client())

    answer = await victim.back(params, **JSON)

    assert refusal_of(answer) == (400, "oauth_state_invalid")
    assert no_session(victim.client)


@pytest.mark.attack("C2")
async def test_the_cookie_of_another_redirect_does_not_fit(
    social: Service, issuer: Issuer
) -> None:
    attacker = Journey(social, issuer, social.client())
    params = await attacker.returned(**owner(some_email()))
    victim = Journey(social, issuer, social.client())
    await victim.start()

    answer = await victim.back(params, **JSON)

    assert refusal_of(answer) == (400, "oauth_state_invalid")
    assert no_session(victim.client)


@pytest.mark.attack("C2")
async def test_a_planted_cookie_is_replaced_when_a_redirect_begins(
    journey: Journey,
) -> None:
    journey.client.hold({"oauth": "A" * 43})

    started = await journey.start()

    assert cookies_set(started)["oauth"].value != "A" * 43


@pytest.mark.attack("C2")
async def test_a_refused_return_has_used_up_the_state(
    social: Service, issuer: Issuer
) -> None:
    journey = Journey(social, issuer, social.client())
    params = await journey.returned(**owner(some_email()))
    await Journey(social, issuer, social.client()).back(params, **JSON)

    answer = await journey.back(params, **JSON)

    assert refusal_of(answer) == (400, "oauth_state_invalid")


@pytest.mark.attack("C2")
async def test_an_attackers_link_is_not_finished_by_somebody_else(
    social: Service, issuer: Issuer
) -> None:
    attacker = Journey(social, issuer, await social.signed_in())
    begun = await attacker.client.post(attacker.url("/link"), json={})
    params = issuer.consent(data_of(begun)["url"], **person())
    victim = await social.signed_in()
    victim.cookies.set("oauth", attacker.client.cookies["oauth"], domain="127.0.0.1")

    answer = await Journey(social, issuer, victim).back(params, **JSON)

    assert refusal_of(answer) == (400, "oauth_state_invalid")
    for client in (attacker.client, victim):
        shown = data_of(await client.get("/profile"))["user"]
        assert shown["providers"] == ["password"]


@pytest.mark.attack("C2")
async def test_a_link_ends_with_the_session_that_asked_for_it(
    social: Service, issuer: Issuer
) -> None:
    journey = Journey(social, issuer, await social.signed_in())
    begun = await journey.client.post(journey.url("/link"), json={})
    params = issuer.consent(data_of(begun)["url"], **person())
    await journey.client.post("/logout")

    answer = await journey.back(params, **JSON)

    assert refusal_of(answer) == (401, "session_ended")
    linked = await identities_in(social).of_user(journey.client.user.id)
    assert not linked


@pytest.mark.attack("C3")
@pytest.mark.asvs("V10.2.2")
async def test_what_began_at_one_provider_does_not_end_at_another(
    social: Service, issuer: Issuer
) -> None:
    journey = Journey(social, issuer, social.client())
    params = await journey.returned(**owner(some_email()))
    journey.name = "other"

    answer = await journey.back(params, **JSON)

    assert refusal_of(answer) == (400, "oauth_state_invalid")
    assert no_session(journey.client)


@pytest.mark.attack("C4")
@pytest.mark.asvs("V10.2.2")
@pytest.mark.parametrize("said", [None, "", "https://evil.example", "{base}/"])
async def test_an_honest_code_of_another_issuer_is_refused(
    journey: Journey, said: str | None
) -> None:
    params = await journey.returned(**owner(some_email()))
    del params["iss"]
    if said is not None:
        params["iss"] = said.format(base=journey.issuer.base)

    answer = await journey.back(params, **JSON)

    assert refusal_of(answer) == (400, "provider_answer_invalid")
    assert no_session(journey.client)
    assert journey.issuer.times_asked("/token") == 0


@pytest.mark.attack("C10")
@pytest.mark.parametrize(
    "place",
    [
        "",
        "//evil.example",
        "///evil.example",
        "////evil.example",
        "//",
        "/\\evil.example",
        "\\\\evil.example",
        "/%5cevil.example",
        "/%5Cevil.example",
        "/%2f/evil.example",
        "/a//evil.example",
        "https:evil.example",
        "https:/evil.example",
        "https:///evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "\t//evil.example",
        "/\t/evil.example",
        "/%0d%0aSet-Cookie:a=b",
        "/\r\nSet-Cookie:a=b",
        "https://localhost。evil.example",
        "http://localhost:3000。evil.example/",
        "http://localhost:3000@evil.example",
        "http://user@localhost:3000/",
        "http://localhost:3000.evil.example",
        "http://localhost:30001",
        "http://localhost",
        "http://localhost:80@evil.example",
        "HTTP://localhost:3000/",
        "http://localhost:3000#@evil.example",
        "http://localhost:3000\\@evil.example",
        "/#fragment",
        "settings",
        "http://127.0.0.1:9000.evil.example",
        "/" + "a" * 3000,
    ],
)
async def test_nobody_is_sent_to_another_place(journey: Journey, place: str) -> None:
    answer = await journey.start(returnTo=place)

    assert refusal_of(answer) == (400, "return_to_refused")


@pytest.mark.attack("C10")
@pytest.mark.parametrize(
    ("place", "url"),
    [
        ("/", f"{FRONT_END}/"),
        ("/a/b?c=d&e=%20", f"{FRONT_END}/a/b?c=d&e=%20"),
        (f"{FRONT_END}/back", f"{FRONT_END}/back"),
        ("http://localhost:9000/app", "http://localhost:9000/app"),
    ],
)
async def test_a_listed_place_is_returned_to(
    journey: Journey, place: str, url: str
) -> None:
    started = await journey.start(returnTo=place)
    params = journey.issuer.consent(started.headers["location"], **person())

    answer = await journey.back(params)

    assert answer.headers["location"] == url


@pytest.mark.attack("C15")
@pytest.mark.parametrize(
    "params",
    [
        {"state": "mine"},
        {"redirect_uri": "https://evil.example"},
        {"scope": "everything"},
        {"code_challenge": "mine"},
        {"code_challenge_method": "plain"},
        {"nonce": "mine"},
        {"client_id": "mine"},
        {"prompt": "none"},
        {"returnto": "/"},
        {"returnTo": "/", "response_mode": "fragment"},
    ],
)
async def test_nobody_changes_what_is_asked_of_the_provider(
    journey: Journey, params: dict[str, str]
) -> None:
    answer = await journey.start(**params)

    assert refusal_of(answer) == (400, "parameter_refused")
    assert "set-cookie" not in answer.headers


@pytest.mark.asvs("V10.2.3")
async def test_only_what_is_needed_is_asked_for(journey: Journey) -> None:
    started = await journey.start()

    asked = dict(parse_qsl(urlsplit(started.headers["location"]).query))
    assert asked.keys() == {
        "response_type",
        "client_id",
        "redirect_uri",
        "scope",
        "state",
        "nonce",
        "code_challenge",
        "code_challenge_method",
    }
    assert asked["scope"] == "openid email profile"


@pytest.mark.asvs("V10.1.1")
async def test_no_token_of_ours_or_theirs_is_in_the_redirect(journey: Journey) -> None:
    answer = await journey.sign_in(**owner(some_email()))

    kept = cookies_set(answer)
    assert answer.headers["location"] == FRONT_END
    given = {consent.access_token for consent in journey.issuer.consents.values()}
    assert given
    assert not any(token in cookie.value for token in given for cookie in kept.values())


@pytest.mark.attack("C17")
@pytest.mark.parametrize("name", ["gone", "google", "providers-2", "x" * 32])
async def test_a_provider_that_is_not_configured_is_refused_everywhere(
    social: Service, name: str
) -> None:
    client = await social.signed_in()
    url = social.root(f"/api/auth/{name}")

    answers = [
        await client.get(url),
        await client.get(f"{url}/callback?state={'A' * 43}&code=x", headers=JSON),
        await client.post(f"{url}/link", json={}),
        await client.post(f"{url}/id-token", json={"idToken": "x"}),
    ]

    assert [refusal_of(one) for one in answers] == [(404, "provider_unknown")] * 4


@pytest.mark.attack("C17")
async def test_a_provider_that_was_switched_off_finishes_nothing(
    social: Service, service_with: ServiceWith, issuer: Issuer
) -> None:
    params = await Journey(social, issuer, social.client()).returned()
    without = await service_with(client_url=FRONT_END)

    answer = await Journey(without, issuer, without.client()).back(params, **JSON)

    assert refusal_of(answer) == (404, "provider_unknown")

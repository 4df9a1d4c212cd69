"""Providers that are broken or hostile (C16, C19)."""

import pytest

from keywright.features.oauth.service import OAuth
from tests.blueprints.harness import Service, some_email
from tests.providers.fixtures import forget
from tests.providers.issuer import Issuer
from tests.providers.journeys import JSON, Journey, error_in, owner, refusal_of
from tests.providers.server import Answer, as_json
from tests.security.test_social_redirects import no_session

UNAVAILABLE = (502, "provider_unavailable")
INVALID = (400, "provider_answer_invalid")
HTML = Answer(content=b"<html>", kind="text/html")
BROKEN = {
    "nothing": Answer(stalls=True),
    "a large body": Answer(content=b'{"a":"' + b"x" * 10_000_000 + b'"}'),
    "a page": HTML,
    "a redirect": Answer(302, headers={"location": "https://evil.example/token"}),
    "a permanent redirect": Answer(308, headers={"location": "/elsewhere"}),
    "compressed": Answer(headers={"content-encoding": "gzip"}),
    "an error of its own": as_json({"error": "server_error"}, 503),
    "no JSON": Answer(content=b"{"),
    "a member twice": Answer(content=b'{"a":1,"a":2}'),
    "nested deeply": Answer(content=b"[" * 5000 + b"]" * 5000),
    "no UTF-8": Answer(content=b'{"a":"\xff"}'),
}
REFUSALS = {
    "invalid grant": as_json({"error": "invalid_grant"}, 400),
    "invalid client": as_json({"error": "invalid_client"}, 401),
    "an error as a success": as_json({"error": "bad_verification_code"}),
    "no token": as_json({"token_type": "Bearer"}),
    "no kind": as_json({"access_token": "a"}),
    "another kind": as_json({"access_token": "a", "token_type": "mac"}),
    "no ID token": as_json({"access_token": "a", "token_type": "Bearer"}),
    "an ID token of another type": as_json(
        {"access_token": "a", "token_type": "Bearer", "id_token": {"a": 1}}
    ),
    "a list": as_json(["a"]),
    "a text": as_json("a"),
}


@pytest.fixture
def hurried(social: Service) -> Service:
    """Let the service wait for its providers but a moment."""
    for provider in social.built.get(OAuth).providers.values():
        fetcher = getattr(provider, "_fetcher", None)
        assert fetcher is not None
        fetcher._total = 1.0
    return social


@pytest.mark.attack("C16")
@pytest.mark.parametrize("what", BROKEN)
@pytest.mark.parametrize("path", ["/token", "/jwks", "/userinfo"])
async def test_a_provider_that_does_not_answer_well_is_unavailable(
    hurried: Service, issuer: Issuer, path: str, what: str
) -> None:
    journey = Journey(hurried, issuer, hurried.client())
    params = await journey.returned(sub="x", email=None)
    issuer.answers(path, BROKEN[what])

    answer = await journey.back(params, **JSON)

    assert refusal_of(answer) == UNAVAILABLE
    assert no_session(journey.client)


@pytest.mark.attack("C16")
@pytest.mark.parametrize("what", REFUSALS)
async def test_a_provider_that_refuses_the_code_signs_nobody_in(
    journey: Journey, what: str
) -> None:
    params = await journey.returned(**owner(some_email()))
    journey.issuer.answers("/token", REFUSALS[what])

    answer = await journey.back(params, **JSON)

    assert refusal_of(answer) == INVALID
    assert no_session(journey.client)


@pytest.mark.attack("C16")
@pytest.mark.parametrize("what", BROKEN)
async def test_a_provider_that_cannot_be_found_out_about_is_unavailable(
    hurried: Service, issuer: Issuer, what: str
) -> None:
    issuer.answers("/.well-known/openid-configuration", BROKEN[what])

    answer = await Journey(hurried, issuer, hurried.client()).start()

    assert refusal_of(answer) == UNAVAILABLE


@pytest.mark.attack("C16")
async def test_a_browser_is_told_by_a_code(journey: Journey) -> None:
    params = await journey.returned(**owner(some_email()))
    journey.issuer.answers("/token", HTML)

    assert error_in(await journey.back(params)) == "provider_unavailable"


@pytest.mark.attack("C16")
@pytest.mark.parametrize(
    "error", ["access_denied", "server_error", "<script>", "a" * 4000, "\r\nx: y"]
)
async def test_what_a_provider_calls_an_error_is_not_repeated(
    journey: Journey, error: str
) -> None:
    params = await journey.returned()
    del params["code"]

    answer = await journey.back({**params, "error": error}, **JSON)

    assert refusal_of(answer) == (400, "provider_denied")
    assert error not in answer.text


@pytest.mark.attack("C16")
async def test_neither_code_nor_error_is_a_refusal(journey: Journey) -> None:
    params = await journey.returned()
    del params["code"]

    answer = await journey.back(params, **JSON)

    assert refusal_of(answer) == (400, "provider_denied")


@pytest.mark.attack("C16")
async def test_an_error_beside_a_code_is_an_error(journey: Journey) -> None:
    params = await journey.returned(**owner(some_email()))

    answer = await journey.back({**params, "error": "access_denied"}, **JSON)

    assert refusal_of(answer) == (400, "provider_denied")
    assert journey.issuer.times_asked("/token") == 0


@pytest.mark.attack("C19")
@pytest.mark.asvs("V10.5.3")
@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://evil.example"},
        {"issuer": None},
        {"issuer": "{base}/"},
        {"authorization_endpoint": "http://evil.example/authorize"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": None},
        {"authorization_endpoint": 7},
        {"authorization_endpoint": "https://"},
        {"authorization_endpoint": "https://user@idp.example/authorize"},
        {"authorization_endpoint": "https://idp.example/authorize#fragment"},
        {"token_endpoint": "http://evil.example/token"},
        {"token_endpoint": None},
        {"token_endpoint": "file:///etc/passwd"},
        {"userinfo_endpoint": "http://evil.example/userinfo"},
        {"jwks_uri": "http://evil.example/jwks"},
        {"jwks_uri": "http://169.254.169.254/latest/meta-data"},
        {"jwks_uri": "gopher://127.0.0.1/x"},
        {"jwks_uri": None},
    ],
    ids=str,
)
async def test_a_discovery_that_leads_elsewhere_is_refused(
    journey: Journey, metadata: dict[str, object]
) -> None:
    base = journey.issuer.base
    journey.issuer.metadata = {
        name: value.replace("{base}", base) if isinstance(value, str) else value
        for name, value in metadata.items()
    }

    assert refusal_of(await journey.start()) == UNAVAILABLE


@pytest.mark.attack("C19")
@pytest.mark.parametrize(
    "address",
    [
        "https://169.254.169.254/jwks",
        "https://10.0.0.1/jwks",
        "https://192.168.1.1/jwks",
        "https://[fd00::1]/jwks",
        "https://[::ffff:10.0.0.1]/jwks",
        "https://0.0.0.0/jwks",
        "https://2130706433/jwks",
    ],
)
async def test_keys_at_an_internal_address_are_not_fetched(
    journey: Journey, address: str
) -> None:
    journey.issuer.metadata["jwks_uri"] = address
    params = await journey.returned(**owner(some_email()))

    answer = await journey.back(params, **JSON)

    assert refusal_of(answer) == UNAVAILABLE
    assert no_session(journey.client)


@pytest.mark.attack("C19")
async def test_metadata_that_was_good_outlives_a_failure(
    journey: Journey, social: Service
) -> None:
    from datetime import timedelta

    assert (await journey.sign_in_as_json()).status_code == 200
    await social.clock.advance(timedelta(minutes=61))
    journey.issuer.answers("/.well-known/openid-configuration", HTML)
    journey.issuer.answers("/jwks", HTML)
    claims = owner(some_email())
    started = await journey.start()
    params = journey.issuer.consent(started.headers["location"], **claims)
    journey.issuer.lies = {"iat": None}

    answer = await journey.back(params, **JSON)

    assert refusal_of(answer) == INVALID
    forget(social)

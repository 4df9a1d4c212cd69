"""ID tokens and documents of a provider that lies (C5 to C9, C13)."""

import asyncio
import hmac
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from tests.blueprints.fixtures import ServiceWith
from tests.blueprints.forms import data_of
from tests.blueprints.harness import Service, some_email
from tests.instants import HOUR
from tests.providers.issuer import (
    CLIENT_ID,
    CLIENT_SECRET,
    Issuer,
    key,
    sign,
    sign_anyhow,
    some_subject,
    unsigned,
)
from tests.providers.journeys import (
    FRONT_END,
    JSON,
    Journey,
    owner,
    person,
    refusal_of,
    registration,
)
from tests.providers.server import listening
from tests.security.everywhere import everywhere
from tests.security.test_social_redirects import no_session

INVALID = (400, "provider_answer_invalid")
Signed = Callable[[dict[str, Any], dict[str, Any]], str]


async def refused(journey: Journey, **claims: object) -> None:
    """Sign in, and be refused without a session."""
    answer = await journey.sign_in_as_json(**{**owner(some_email()), **claims})
    assert refusal_of(answer) == INVALID
    assert no_session(journey.client)


@pytest.mark.attack("C5")
@pytest.mark.asvs("V10.5.1")
@pytest.mark.parametrize("nonce", [None, "", "another", 1, ["x"], {"a": 1}])
async def test_a_token_for_another_redirect_is_refused(
    journey: Journey, nonce: object
) -> None:
    journey.issuer.lies["nonce"] = nonce

    await refused(journey)


@pytest.mark.attack("C5")
async def test_the_nonce_of_an_earlier_redirect_is_refused(journey: Journey) -> None:
    started = await journey.start()
    location = started.headers["location"]
    old = location.partition("nonce=")[2].partition("&")[0]
    journey.issuer.lies["nonce"] = old

    await refused(journey)


@everywhere
@pytest.mark.attack("C5")
async def test_of_many_uses_of_one_id_token_one_signs_in(journey: Journey) -> None:
    body = {"idToken": journey.issuer.id_token(owner(some_email()))}
    client = journey.service.bearer_client()

    answers = await asyncio.gather(
        *(client.post(journey.url("/id-token"), json=body) for _ in range(10))
    )

    codes = sorted(one.status_code for one in answers)
    assert codes == [200] + [400] * 9


@pytest.mark.attack("C5")
@pytest.mark.parametrize(("said", "sent"), [("a", "b"), ("a", ""), (None, "b")])
async def test_app_and_token_must_agree_on_the_nonce(
    journey: Journey, said: str | None, sent: str
) -> None:
    token = journey.issuer.id_token({**person(), "nonce": said})
    body = {"idToken": token, "nonce": sent}

    answer = await journey.service.bearer_client().post(
        journey.url("/id-token"), json=body
    )

    assert refusal_of(answer) == INVALID


LIES: list[dict[str, object]] = [
    {"iss": "https://evil.example"},
    {"iss": None},
    {"aud": "another-client"},
    {"aud": None},
    {"aud": []},
    {"aud": {CLIENT_ID: True}},
    {"aud": [CLIENT_ID, "another-client"]},
    {"aud": [CLIENT_ID, "another-client"], "azp": "another-client"},
    {"azp": "another-client"},
    {"azp": None, "aud": ["another-client"]},
    {"exp": -HOUR},
    {"exp": None},
    {"exp": "9999999999"},
    {"exp": True},
    {"exp": 1e300},
    {"iat": None},
    {"iat": HOUR},
    {"iat": "now"},
    {"nbf": HOUR},
    {"nbf": "now"},
    {"at_hash": "wrong"},
    {"at_hash": 1},
    {"sub": None},
    {"sub": ""},
    {"sub": " "},
    {"sub": "a\x00b"},
    {"sub": ["x"]},
    {"sub": True},
    {"sub": "s" * 256},
]


@pytest.mark.attack("C6")
@pytest.mark.asvs("V10.5.4")
@pytest.mark.parametrize("lies", LIES, ids=str)
async def test_a_claim_that_is_wrong_is_refused(
    journey: Journey, lies: dict[str, object]
) -> None:
    journey.issuer.lies = lies

    await refused(journey)


def mac_by(secret: str) -> Callable[[bytes], bytes]:
    return lambda content: hmac.digest(secret.encode(), content, "sha256")


def by_client_secret(header: dict[str, Any], payload: dict[str, Any]) -> str:
    return sign_anyhow({**header, "alg": "HS256"}, payload, mac_by(CLIENT_SECRET))


def by_public_key(header: dict[str, Any], payload: dict[str, Any]) -> str:
    public = key(0).as_pem(private=False).decode()
    return sign_anyhow({**header, "alg": "HS256"}, payload, mac_by(public))


def by_another_key(header: dict[str, Any], payload: dict[str, Any]) -> str:
    return sign(header, payload, key(1))


def by_a_key_of_its_own(header: dict[str, Any], payload: dict[str, Any]) -> str:
    own = key(1).as_dict(private=False)
    return sign({**header, "jwk": own}, payload, key(1))


def by_nobody(header: dict[str, Any], payload: dict[str, Any]) -> str:
    return unsigned({**header, "alg": "none"}, payload)


def by_nobody_loudly(header: dict[str, Any], payload: dict[str, Any]) -> str:
    return unsigned({**header, "alg": "nOnE"}, payload)


def by_another_algorithm(header: dict[str, Any], payload: dict[str, Any]) -> str:
    return sign({**header, "alg": "PS256"}, payload, key(0))


def with_a_changed_claim(header: dict[str, Any], payload: dict[str, Any]) -> str:
    good = sign(header, payload, key(0)).split(".")
    other = sign(header, {**payload, "sub": "victim"}, key(0)).split(".")
    return ".".join([good[0], other[1], good[2]])


def with_a_critical_header(header: dict[str, Any], payload: dict[str, Any]) -> str:
    private = key(0).private_key
    assert private is not None

    def by_rsa(content: bytes) -> bytes:
        return private.sign(content, PKCS1v15(), SHA256())

    return sign_anyhow({**header, "crit": ["exp"]}, payload, by_rsa)


def of_no_claims(header: dict[str, Any], payload: dict[str, Any]) -> str:
    del payload
    return sign(header, [1, 2], key(0))


def cut_short(header: dict[str, Any], payload: dict[str, Any]) -> str:
    return sign(header, payload, key(0)).rpartition(".")[0]


def padded(header: dict[str, Any], payload: dict[str, Any]) -> str:
    return sign(header, payload, key(0)) + "="


def too_long(header: dict[str, Any], payload: dict[str, Any]) -> str:
    return sign(header, {**payload, "pad": "x" * 20_000}, key(0))


def empty(header: dict[str, Any], payload: dict[str, Any]) -> str:
    del header, payload
    return ""


@pytest.mark.attack("C6")
@pytest.mark.parametrize(
    "signed",
    [
        by_client_secret,
        by_public_key,
        by_another_key,
        by_a_key_of_its_own,
        by_nobody,
        by_nobody_loudly,
        by_another_algorithm,
        with_a_changed_claim,
        with_a_critical_header,
        of_no_claims,
        cut_short,
        padded,
        too_long,
        empty,
    ],
)
async def test_a_token_that_was_not_signed_as_it_should_is_refused(
    journey: Journey, signed: Signed
) -> None:
    journey.issuer.signed = signed

    await refused(journey)


@pytest.mark.attack("C6")
async def test_without_a_key_id_two_keys_are_too_many(journey: Journey) -> None:
    journey.issuer.published = {"k0": 0, "k1": 1}
    journey.issuer.header["kid"] = None

    await refused(journey)


@pytest.mark.attack("C6")
async def test_without_a_key_id_the_only_key_is_taken(journey: Journey) -> None:
    journey.issuer.header["kid"] = None

    answer = await journey.sign_in_as_json(**owner(some_email()))

    assert answer.status_code == 200


async def test_a_key_that_was_published_just_before_is_found(journey: Journey) -> None:
    assert (await journey.sign_in_as_json()).status_code == 200
    journey.issuer.published = {"k1": 1}
    journey.issuer.kid = "k1"

    assert (await journey.sign_in_as_json()).status_code == 200


async def test_forged_key_ids_make_us_fetch_once(
    social: Service, issuer: Issuer
) -> None:
    first = Journey(social, issuer, social.client())
    assert (await first.sign_in_as_json()).status_code == 200
    journey = Journey(social, issuer, social.client())
    before = journey.issuer.times_asked("/jwks")
    for number in range(5):
        journey.issuer.kid = f"forged-{number}"
        await refused(journey)

    assert journey.issuer.times_asked("/jwks") == before + 1


@pytest.mark.attack("C7")
async def test_a_good_token_of_another_issuer_is_refused(journey: Journey) -> None:
    evil = Issuer()
    evil.port = 1
    claims = {**owner(some_email()), "aud": CLIENT_ID}
    tokens = [
        evil.id_token(claims),
        evil.id_token({**claims, "iss": journey.issuer.base}),
    ]
    evil.published = {"k0": 1}
    tokens.append(evil.id_token({**claims, "iss": journey.issuer.base}))
    del tokens[1]

    for token in tokens:
        answer = await journey.service.client().post(
            journey.url("/id-token"), json={"idToken": token}
        )
        assert refusal_of(answer) == INVALID


@pytest.mark.attack("C8")
async def test_a_document_about_somebody_else_is_refused(journey: Journey) -> None:
    victim = owner(some_email())
    journey.issuer.lies["email"] = None
    for document in (victim, {**victim, "sub": None}, ["x"]):
        journey.issuer.userinfo = document
        await refused(journey)


async def test_an_address_may_come_by_the_other_document(journey: Journey) -> None:
    claims = owner(some_email())
    journey.issuer.lies = {"email": None, "email_verified": None}

    answer = await journey.sign_in_as_json(**claims)

    assert data_of(answer)["user"]["email"] == claims["email"]


@pytest.mark.attack("C11")
async def test_that_it_was_verified_must_stand_beside_the_address(
    journey: Journey,
) -> None:
    claims = owner(some_email())
    journey.issuer.lies = {"email": None}
    journey.issuer.userinfo = {"sub": claims["sub"], "email": claims["email"]}

    answer = await journey.sign_in_as_json(**claims)

    assert data_of(answer)["user"]["email"] is None


@pytest.mark.attack("C9")
async def test_a_token_for_another_app_is_refused(journey: Journey) -> None:
    for audience in ("another-app", ["another-app"], "", CLIENT_ID.upper()):
        token = journey.issuer.id_token({**person(), "aud": audience})
        answer = await journey.service.client().post(
            journey.url("/id-token"), json={"idToken": token}
        )
        assert refusal_of(answer) == INVALID


@pytest.mark.attack("C9")
async def test_where_audiences_cannot_be_known_access_tokens_are_refused(
    journey: Journey,
) -> None:
    answer = await journey.service.client().post(
        journey.url("/id-token"), json={"accessToken": "a" * 40}
    )

    assert refusal_of(answer) == (400, "token_sign_in_unsupported")


@pytest.mark.parametrize("body", [{}, {"idToken": "a", "accessToken": "b"}])
async def test_exactly_one_token_is_taken(
    journey: Journey, body: dict[str, str]
) -> None:
    answer = await journey.service.client().post(journey.url("/id-token"), json=body)

    assert refusal_of(answer) == (422, "validation_failed")


@everywhere
@pytest.mark.attack("C13")
@pytest.mark.asvs("V10.3.3")
@pytest.mark.asvs("V10.5.2")
async def test_the_same_subject_at_another_issuer_is_somebody_else(
    service_with: ServiceWith, issuer: Issuer
) -> None:
    elsewhere, subject = Issuer(), some_subject()
    async with listening(elsewhere):
        service = await service_with(
            client_url=FRONT_END,
            oauth_clients=(
                registration("test", issuer.base),
                registration("elsewhere", elsewhere.base),
            ),
        )
        both = [
            Journey(service, issuer, service.client()),
            Journey(service, elsewhere, service.client(), name="elsewhere"),
        ]
        for at in (issuer, elsewhere):
            at.clock = lambda: service.now().timestamp()
        answers = [await one.sign_in_as_json(sub=subject) for one in both]

    ids = {data_of(answer)["user"]["id"] for answer in answers}
    assert len(ids) == 2


@pytest.mark.attack("C13")
@pytest.mark.asvs("V10.5.2")
async def test_a_reused_name_or_address_is_not_the_same_person(
    social: Service, issuer: Issuer
) -> None:
    claims = owner(some_email(), preferred_username="ada")
    first = Journey(social, issuer, social.client())
    await first.sign_in_as_json(**claims)
    second = Journey(social, issuer, social.client())

    answer = await second.sign_in_as_json(**{**claims, "sub": some_subject()})

    assert refusal_of(answer) == (409, "account_exists")
    assert no_session(second.client)


async def test_json_is_what_apps_are_answered(journey: Journey) -> None:
    answer = await journey.service.client().post(
        journey.url("/id-token"), json={"idToken": "x.y.z"}, headers=JSON
    )

    assert refusal_of(answer) == INVALID

"""Whoever checks access tokens refuses those that it did not sign (A1 to A8, A14)."""

from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from joserfc.jwk import OctKey

from keywright.features.refresh_tokens.service import FamilyAuthenticator
from keywright.features.sessions.dependencies import Gate
from keywright.shared.jwt import SigningKey
from tests.blueprints.fixtures import House, about
from tests.blueprints.harness import Service
from tests.blueprints.keepers import holding, keeper_of, refused, signed_in
from tests.blueprints.kinds import AUTH_SERVICE, STARTER, STATEFUL, STATELESS
from tests.security.jose import (
    HASHES,
    Sign,
    by_hmac,
    by_key,
    claims_of,
    decode,
    encode,
    header_of,
    nothing,
    signed,
    with_claims,
    with_header,
)
from tests.security.surfaces import access_token, bearers, surface, told

BLUEPRINTS = (STATELESS, AUTH_SERVICE, STARTER)
NOBODYS = "01890a5d-ac96-774b-bcce-b302099a8057"
EDITS: tuple[dict[str, object], ...] = (
    {"sub": NOBODYS},
    {"sid": NOBODYS},
    {"role": "admin"},
    {"role": "ADMIN"},
    {"exp": 4_000_000_000},
    {"epoch": 9},
    {"admin": True},
)
WRONG: tuple[dict[str, object], ...] = (
    {"iss": "https://evil.example"},
    {"aud": "https://evil.example"},
    {"exp": 1},
    {"exp": None},
    {"nbf": 4_000_000_000},
    {"sub": None},
    {"sub": "' OR 1=1--"},
)
KEY_IDS: tuple[object, ...] = (
    *("../../../../dev/null", "/dev/null", "' OR 1=1--", "\x00", "", "k" * 4000),
    *(7, True, None, [], {}),
)


def signing_key(service: Service) -> SigningKey:
    """Return the key with which *service* signs access tokens."""
    authenticator = service.built.get(Gate).authenticator
    assert isinstance(authenticator, FamilyAuthenticator)
    return authenticator.access._ring().signing


def true_signature(service: Service) -> Sign:
    """Return what signs like *service* itself."""
    key = signing_key(service).jwk
    return by_key(key.raw_value if key.key_type == "oct" else key.private_key)


async def opens_nothing(service: Service, token: str) -> None:
    """Fail unless *token* opens no operation, wherever it is shown."""
    for client in bearers(service, token):
        for operation in surface(service).protected:
            answer = await operation.send(client)
            seen = (answer.status_code, told(answer))
            assert seen == (401, "not_signed_in"), f"{operation}: {token[:200]}"


@pytest.fixture
async def token(service: Service) -> str:
    return (await access_token(service))[1]


def secrets_that_are_public(service: Service) -> Iterator[bytes]:
    """Yield what everybody knows, and might pass for a shared secret."""
    key = signing_key(service)
    yield from (b"", b"secret", key.kid.encode(), service.origin.encode())
    if not isinstance(key.jwk, OctKey):
        yield key.jwk.as_pem(private=False)
        for name in ("x", "y", "n"):
            if part := key.jwk.as_dict(private=False).get(name):
                yield from (str(part).encode(), decode(str(part)))


async def test_the_true_key_signs_what_is_let_in(service: Service, token: str) -> None:
    again = signed(header_of(token), claims_of(token), true_signature(service))
    clients = bearers(service, again)
    assert 200 in [(await one.get(service.kind.me)).status_code for one in clients]


@pytest.mark.attack("A1")
@pytest.mark.asvs("V9.1.2")
async def test_an_unsigned_token_is_refused(service: Service, token: str) -> None:
    for name in ("none", "None", "nOnE", ""):
        for sign in (nothing, true_signature(service)):
            await opens_nothing(service, with_header(token, {"alg": name}, sign))


@pytest.mark.attack("A2")
@pytest.mark.asvs("V9.1.2")
async def test_what_is_public_is_no_shared_secret(service: Service, token: str) -> None:
    for name in HASHES:
        for secret in secrets_that_are_public(service):
            forged = with_header(token, {"alg": name}, by_hmac(name, secret))
            await opens_nothing(service, forged)


@pytest.mark.attack("A3")
@pytest.mark.attack("A4")
@pytest.mark.asvs("V9.1.3")
async def test_a_key_that_the_token_brings_or_names_is_never_used(
    service: Service, token: str
) -> None:
    own = ec.generate_private_key(ec.SECP256R1())
    numbers = own.public_key().public_numbers()
    jwk = {
        "kty": "EC",
        "crv": "P-256",
        "x": encode(numbers.x.to_bytes(32, "big")),
        "y": encode(numbers.y.to_bytes(32, "big")),
    }
    for brought in ({"jwk": jwk}, {"jku": "http://127.0.0.1:1/"}, {"x5u": "http://x"}):
        for alg in ("ES256", str(header_of(token)["alg"])):
            for sign in (by_key(own), true_signature(service)):
                forged = with_header(token, {**brought, "alg": alg}, sign)
                await opens_nothing(service, forged)


@pytest.mark.attack("A5")
async def test_a_strange_key_id_finds_no_key(service: Service, token: str) -> None:
    for kid in KEY_IDS:
        forged = with_header(token, {"kid": kid}, true_signature(service))
        await opens_nothing(service, forged)


@pytest.mark.attack("A7")
async def test_the_key_is_good_for_one_algorithm_only(
    service: Service, token: str
) -> None:
    own = header_of(token)["alg"]
    for name in {"HS256", "HS384", "HS512", "RS256", "PS256", "ES256", "EdDSA"} - {own}:
        forged = with_header(token, {"alg": name}, true_signature(service))
        await opens_nothing(service, forged)


@pytest.mark.attack("A8")
@pytest.mark.asvs("V9.1.1")
async def test_an_altered_signature_is_refused(service: Service, token: str) -> None:
    head, body, signature = token.split(".")
    right = decode(signature)
    flipped = bytes([right[0] ^ 1]) + right[1:]
    for value in (b"", bytes(len(right)), right[:-1], right + b"\0", flipped):
        await opens_nothing(service, f"{head}.{body}.{encode(value)}")
    await opens_nothing(service, f"{head}.{body}.{signature}=")


@pytest.mark.attack("A14")
async def test_an_edited_claim_breaks_the_signature(
    service: Service, token: str
) -> None:
    signature = decode(token.split(".")[2])
    for change in EDITS:
        await opens_nothing(service, with_claims(token, change, lambda _: signature))


@pytest.mark.attack("A14")
@pytest.mark.asvs("V9.2.1")
async def test_claims_that_are_wrong_are_refused_even_if_signed(
    service: Service, token: str
) -> None:
    for change in WRONG:
        forged = with_claims(token, change, true_signature(service))
        await opens_nothing(service, forged)


@pytest.mark.attack("A3")
async def test_neither_kind_of_token_passes_for_the_other(
    service: Service, token: str
) -> None:
    client = await signed_in(service)
    await opens_nothing(service, keeper_of(service, client))

    answer = await holding(service, token).post(str(service.kind.refresh))

    refused(answer, "refresh_invalid")


@about(STATELESS, STARTER)
@pytest.mark.attack("A1")
async def test_a_token_of_another_service_is_refused(
    house: House, service: Service, variant: str
) -> None:
    other = await house.service(
        variant,
        database_url=f"sqlite:///{house.folder / service.settings.blueprint}.db",
        secret="hT5vR8nK2xW7bQ4mY9cL3jZ6dF1gP0sA",
    )

    await opens_nothing(service, (await access_token(other))[1])


@about(STATEFUL)
@pytest.mark.attack("A1")
async def test_no_token_that_carries_claims_opens_a_session_of_the_store(
    service: Service,
) -> None:
    claims = {"sub": NOBODYS, "sid": NOBODYS, "exp": 4_000_000_000, "role": "admin"}
    for name, sign in (("none", nothing), ("HS256", by_hmac("HS256", b"secret"))):
        forged = signed({"alg": name, "typ": "at+jwt"}, claims, sign)
        await opens_nothing(service, forged)
        refused(await holding(service, forged).get("/profile"), "not_signed_in")

"""Tokens made to cost time or memory (A16, A17)."""

import resource
import time

import pytest

from tests.blueprints.harness import Service
from tests.security.jose import encode, header_of, nothing, with_header
from tests.security.keys_of import true_signature
from tests.security.operations import holders

pytestmark = pytest.mark.long

MILLISECOND = 0.001
ROUNDS = 5
TOO_LARGE = 431


@pytest.fixture
async def token(service: Service) -> str:
    client = await service.signed_in(transport="bearer")
    return str(client.tokens["accessToken"])


async def cost(service: Service, token: str) -> float:
    """Return the seconds that refusing *token* takes at best; fail if it opens."""
    spent = []
    for _ in range(ROUNDS):
        for client in holders(service, token):
            began = time.process_time()
            answer = await client.get("/profile")
            spent.append(time.process_time() - began)
            assert answer.status_code in {401, TOO_LARGE}, answer.text
    return min(spent)


def encrypted(header: dict[str, object]) -> str:
    """Return a JWE in compact form."""
    bomb = "A" * 1500
    return ".".join([encode(header), bomb, "A" * 16, bomb, "A" * 22])


@pytest.mark.attack("A16")
@pytest.mark.asvs("V9.1.2")
async def test_encrypted_tokens_are_refused_without_work(service: Service) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    headers: tuple[dict[str, object], ...] = (
        {"alg": "dir", "enc": "A256GCM", "zip": "DEF"},
        {"alg": "PBES2-HS512+A256KW", "enc": "A256GCM", "p2c": 2**31, "p2s": "AA"},
        {"alg": "RSA1_5", "enc": "A128CBC-HS256"},
        {"alg": "ECDH-ES", "enc": "A256GCM", "epk": {"kty": "EC", "crv": "P-256"}},
    )

    for header in headers:
        assert await cost(service, encrypted(header)) < 20 * MILLISECOND
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 32 * 1024


@pytest.mark.attack("A16")
async def test_a_compressed_token_is_refused(service: Service, token: str) -> None:
    packed = with_header(token, {"zip": "DEF"}, true_signature(service))

    assert await cost(service, packed) < 20 * MILLISECOND


@pytest.mark.attack("A17")
@pytest.mark.parametrize(
    "make",
    [
        lambda token: "A" * 1_000_000,
        lambda token: "." * 100_000,
        lambda token: f"{'A' * 100_000}.{token.split('.', maxsplit=1)[1]}",
        lambda token: with_header(token, {"kid": "k" * 65_536}, nothing),
        lambda token: f"{token}{'.' * 8000}",
        lambda token: token.replace(".", "." + "A" * 3500 + ".", 1),
        lambda token: f"{encode(header_of(token))}.{'e' * 7000}.AA",
        lambda token: "eyJ" * 2500 + ".e.e",
        lambda token: ".".join(["A"] * 4000),
    ],
    ids=[
        "1 MB",
        "100 000 dots",
        "a large header",
        "a large key id",
        "8 000 dots behind it",
        "a segment more",
        "claims that are no JSON",
        "a header that is no JSON",
        "4 000 segments",
    ],
)
async def test_an_oversized_token_is_refused_without_work(
    service: Service,
    token: str,
    make: object,
) -> None:
    assert callable(make)

    assert await cost(service, make(token)) < 5 * MILLISECOND

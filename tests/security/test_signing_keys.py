"""Signing keys: unknown, mixed, weak, revoked (A6, A7, A9, A20)."""

from datetime import timedelta

import pytest

from keywright.features.keys.service import STAGED_FOR, SigningKeys
from keywright.shared.jwt import KeyRing, generate_key
from keywright.shared.secrets import random_bytes, to_text
from keywright.shared.settings import SettingsInvalid
from tests.blueprints.fixtures import House
from tests.blueprints.harness import Client, Service
from tests.security.jose import header_of, with_header
from tests.security.keys_of import signing_key, true_signature
from tests.security.operations import refused

pytestmark = pytest.mark.long

LIFE = timedelta(minutes=15)
WEAK = (
    "",
    "secret",
    "x" * 31,
    "u9Yk2vQ7xR4mZ1pT8wB5nC3dF6gH0jL",
    "a" * 64,
    "0123" * 16,
    "change-me-change-me-change-me-change-me",
    "example-Kk3zB8vW1qL0pR7nT5xY2mJ6hD9fS4cA",
    "your-256-bit-secret-your-256-bit-secret",
    "my-super-secret-key-that-is-long-enough!",
    "insecure-default-u9Yk2vQ7xR4mZ1pT8wB5nC3dF6gH0jLs",
)


async def alone(house: House, name: str) -> Service:
    """Return a service with signing keys of its own."""
    url = f"sqlite:///{house.folder / name}.db"
    return await house.service("sqlite", database_url=url)


async def access_token(service: Service) -> str:
    client = await service.signed_in(transport="bearer")
    return str(client.tokens["accessToken"])


async def opens(service: Service, token: str) -> bool:
    client: Client = service.client(authorization=f"Bearer {token}")
    return (await client.get("/profile")).status_code == 200


@pytest.mark.attack("A6")
async def test_a_flood_of_unknown_keys_changes_nothing_for_known_ones(
    service: Service,
) -> None:
    token = await access_token(service)
    keys = service.built.get(SigningKeys)
    before = keys.ring
    for _ in range(1000):
        kid = to_text(random_bytes(32))
        forged = with_header(token, {"kid": kid}, true_signature(service))
        client = service.client(authorization=f"Bearer {forged}")
        assert (await client.get("/verify")).status_code == 401

    assert keys.ring is before
    assert await opens(service, token)


@pytest.mark.attack("A7")
@pytest.mark.parametrize("pair", ["ES256", "EdDSA", "RS256"])
@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")
def test_a_ring_never_mixes_shared_secrets_and_key_pairs(pair: str) -> None:
    one, other = generate_key("HS256"), generate_key(pair)

    with pytest.raises(ValueError, match="not both"):
        KeyRing(one, [one, other])
    with pytest.raises(ValueError, match="not both"):
        KeyRing(other, [one])


@pytest.mark.attack("A9")
@pytest.mark.asvs("V13.3.1")
@pytest.mark.parametrize("secret", WEAK)
@pytest.mark.parametrize("env", ["production", "development", "test"])
@pytest.mark.asvs("V13.2.3")
@pytest.mark.asvs("V11.2.3")
def test_a_weak_secret_stops_the_start(house: House, env: str, secret: str) -> None:
    given = {"env": env, "public_url": "https://auth.example", "rate_limits": "on"}
    clock = house.clock.file if env == "test" else None

    with pytest.raises(SettingsInvalid) as refused:
        house.settings("sqlite", **given, secret=secret, test_clock=clock)

    assert "AUTH_SECRET" in refused.value.problems
    assert len(secret) < 10 or secret not in str(refused.value)


@pytest.mark.attack("A9")
def test_a_weak_former_secret_stops_the_start(house: House) -> None:
    with pytest.raises(SettingsInvalid, match="AUTH_SECRET"):
        house.settings("sqlite", secret="u9Yk2vQ7xR4mZ1pT8wB5nC3dF6gH0jLs,secret")


@pytest.mark.attack("A20")
@pytest.mark.asvs("V9.1.1")
async def test_tokens_of_a_revoked_key_are_refused_at_once(house: House) -> None:
    service = await alone(house, "revoked")
    token, keys = await access_token(service), service.built.get(SigningKeys)
    assert await opens(service, token)

    await keys.revoke(str(header_of(token)["kid"]))
    await keys.load()

    await refused(service, token)
    assert await opens(service, await access_token(service))


@pytest.mark.attack("A20")
async def test_tokens_of_a_retired_key_are_good_to_their_end(house: House) -> None:
    service = await alone(house, "retired")
    keys, former = service.built.get(SigningKeys), signing_key(service).kid

    await keys.rotate()
    await service.clock.advance(STAGED_FOR - timedelta(seconds=5))
    token = await access_token(service)
    await service.clock.advance(timedelta(seconds=10))
    await keys.load()

    assert header_of(token)["kid"] == former
    assert signing_key(service).kid != former
    assert await opens(service, token)


@pytest.mark.attack("A20")
async def test_a_retired_key_is_gone_once_its_tokens_have_expired(
    house: House,
) -> None:
    service = await alone(house, "gone")
    keys, former = service.built.get(SigningKeys), signing_key(service).kid
    token = await access_token(service)

    await keys.rotate()
    await service.clock.advance(STAGED_FOR + LIFE + timedelta(minutes=6))

    published = {key["kid"] for key in keys.ring.jwks()["keys"]}
    assert former not in published
    await refused(service, token)

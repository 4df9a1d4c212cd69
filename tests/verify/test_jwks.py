"""Key sets are read strictly."""

import pytest

from keywright.shared.jwt import KeyRing, SigningKey, generate_key, shared_key
from keywright.verify.jwks import verifying_keys

ES256, EDDSA, RS256 = (generate_key(name) for name in ("ES256", "EdDSA", "RS256"))


def published(key: SigningKey, **changes: object) -> dict[str, object]:
    """Return the entry of *key* with *changes*; None takes a member away."""
    (entry,) = KeyRing(key, [key]).jwks()["keys"]
    return {
        name: value for name, value in {**entry, **changes}.items() if value is not None
    }


def ids(*entries: object) -> frozenset[str]:
    return verifying_keys({"keys": [published(ES256), *entries]}).ids


@pytest.mark.parametrize("key", [EDDSA, RS256])
def test_public_keys_of_every_kind_are_read(key: SigningKey) -> None:
    found = verifying_keys({"keys": [published(key)]}).find(key.kid)

    assert found is not None
    assert found.algorithm == key.algorithm
    assert not found.jwk.is_private


def test_a_private_part_is_not_taken_over() -> None:
    private = {**published(ES256), "d": ES256.jwk.as_dict(private=True)["d"]}

    found = verifying_keys({"keys": [private]}).find(ES256.kid)

    assert found is not None
    assert not found.jwk.is_private


SECRET = shared_key(b"s" * 32)
LEFT_OUT = [
    "key",
    None,
    {},
    {"kid": "x", "kty": "oct", "alg": "HS256", "k": "c2VjcmV0"},
    {"kid": "x", "kty": "oct", "alg": "ES256", "k": "c2VjcmV0"},
    published(EDDSA, kid=None),
    published(EDDSA, kid=""),
    published(EDDSA, kid=1),
    published(EDDSA, kid="k" * 201),
    published(EDDSA, alg=None),
    published(EDDSA, alg=["EdDSA"]),
    published(EDDSA, alg="none"),
    published(EDDSA, alg="ES256"),
    published(EDDSA, use="enc"),
    published(EDDSA, crv="X25519"),
    published(EDDSA, x=None),
    published(EDDSA, x="AAAA"),
    published(EDDSA, x=["AAAA"]),
    published(RS256, n="AQAB"),
    published(RS256, n="not base64url!"),
    published(RS256, kty="EC"),
]


@pytest.mark.parametrize("entry", LEFT_OUT)
def test_what_cannot_be_used_is_left_out(entry: object) -> None:
    assert ids(entry) == {ES256.kid}


def test_an_id_that_stands_twice_spoils_the_set() -> None:
    with pytest.raises(ValueError, match="twice"):
        ids(published(EDDSA, kid=ES256.kid))


@pytest.mark.parametrize("keys", [None, {}, "x", [], [published(ES256)] * 51])
def test_a_set_without_usable_keys_is_refused(keys: object) -> None:
    with pytest.raises(ValueError, match="key"):
        verifying_keys({"keys": keys})

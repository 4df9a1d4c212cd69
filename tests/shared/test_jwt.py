"""Typed JWTs: written, read, and judged by their claims."""

import json
from collections.abc import Sequence
from hashlib import sha256

import jwt as pyjwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keywright.shared.jwt import (
    ALGORITHMS,
    KeyRing,
    SigningKey,
    TokenInvalid,
    export_private,
    generate_key,
    import_private,
    read,
    shared_key,
    write,
)
from keywright.shared.secrets import from_text, to_text
from tests.instants import MILLISECOND, NOW, SECOND
from tests.shared.jose import CLAIMS, SECONDS, claims_with

# The filter of the module under test is undone by pytest's own.
pytestmark = pytest.mark.filterwarnings("ignore:EdDSA is deprecated")

KEYS = {algorithm: generate_key(algorithm) for algorithm in ALGORITHMS}
RINGS = {algorithm: KeyRing(key, [key]) for algorithm, key in KEYS.items()}
ES256 = KEYS["ES256"]
LEEWAY = 10


def claims_of(
    token: str,
    *,
    ring: KeyRing = RINGS["ES256"],
    issuer: str | None = "https://auth.example.com",
    audience: str | None = "https://api.example.com",
    required: Sequence[str] = ("sub",),
) -> dict[str, object]:
    """Read *token* as an access token, now."""
    return read(
        token,
        typ="at+jwt",
        ring=ring,
        now=NOW,
        issuer=issuer,
        audience=audience,
        required=required,
    )


def refused(**changes: object) -> str:
    """Read a token with these claims changed, be refused, and return the reason."""
    token = write(claims_with(**changes), typ="at+jwt", key=ES256)
    with pytest.raises(TokenInvalid) as error:
        claims_of(token)
    return str(error.value)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_what_was_written_is_read(algorithm: str) -> None:
    token = write(CLAIMS, typ="at+jwt", key=KEYS[algorithm])

    assert claims_of(token, ring=RINGS[algorithm]) == CLAIMS


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_another_implementation_reads_what_was_written(algorithm: str) -> None:
    key = KEYS[algorithm]
    token = write(CLAIMS, typ="at+jwt", key=key)
    jwk = pyjwt.PyJWK(key.jwk.as_dict(), algorithm=algorithm)

    decoded = pyjwt.decode(
        token,
        jwk,
        algorithms=[algorithm],
        audience="https://api.example.com",
        options={"verify_exp": False, "verify_iat": False, "verify_nbf": False},
    )

    assert decoded == CLAIMS
    assert pyjwt.get_unverified_header(token) == {
        "alg": algorithm,
        "kid": key.kid,
        "typ": "at+jwt",
    }


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_what_another_implementation_wrote_is_read(algorithm: str) -> None:
    key = KEYS[algorithm]
    jwk = pyjwt.PyJWK(key.jwk.as_dict(private=True), algorithm=algorithm)
    headers = {"kid": key.kid, "typ": "at+jwt"}

    token = pyjwt.encode(dict(CLAIMS), jwk, algorithm=algorithm, headers=headers)

    assert claims_of(token, ring=RINGS[algorithm]) == CLAIMS


@pytest.mark.attack("A10")
@pytest.mark.parametrize(
    ("name", "value", "is_good"),
    [
        ("exp", SECONDS - LEEWAY + 1, True),
        ("exp", SECONDS - LEEWAY, False),
        ("exp", SECONDS - LEEWAY - 1, False),
        ("exp", SECONDS + 10**9, True),
        ("iat", SECONDS + LEEWAY, True),
        ("iat", SECONDS + LEEWAY + 1, False),
        ("iat", 0, True),
        ("nbf", SECONDS + LEEWAY, True),
        ("nbf", SECONDS + LEEWAY + 1, False),
        ("nbf", None, True),
        ("exp", None, False),
        ("iat", None, False),
    ],
)
def test_times_hold_with_ten_seconds_of_leeway(
    name: str, value: int | None, is_good: bool
) -> None:
    if is_good:
        token = write(claims_with(**{name: value}), typ="at+jwt", key=ES256)
        claims_of(token)
    else:
        assert refused(**{name: value}) == name


@pytest.mark.attack("A10")
@pytest.mark.parametrize("name", ["exp", "iat", "nbf"])
@pytest.mark.parametrize(
    "value", [str(SECONDS + 60), SECONDS + 0.5, -1, True, [], {}, 10**12, "", 1e300]
)
def test_a_time_is_a_whole_number_of_seconds(name: str, value: object) -> None:
    assert refused(**{name: value}) == name


def test_a_token_ends_at_the_same_instant_for_all() -> None:
    token = write(claims_with(exp=SECONDS), typ="at+jwt", key=ES256)
    end = NOW.replace(microsecond=0) + LEEWAY * SECOND
    ring = RINGS["ES256"]

    read(token, typ="at+jwt", ring=ring, now=end - MILLISECOND)
    with pytest.raises(TokenInvalid, match="exp"):
        read(token, typ="at+jwt", ring=ring, now=end)


def test_without_an_instant_times_need_only_have_the_right_form() -> None:
    ring = RINGS["ES256"]
    old = write(claims_with(exp=1, iat=0, nbf=0), typ="at+jwt", key=ES256)

    assert read(old, typ="at+jwt", ring=ring, now=None)["exp"] == 1
    wrong = write(claims_with(exp="1"), typ="at+jwt", key=ES256)
    with pytest.raises(TokenInvalid, match="exp"):
        read(wrong, typ="at+jwt", ring=ring, now=None)


@pytest.mark.attack("A11")
@pytest.mark.parametrize(
    "issuer",
    [
        None,
        "",
        "https://auth.example.co",
        "https://auth.example.com/",
        "https://auth.example.com.evil.example",
        "https://AUTH.example.com",
        "http://auth.example.com",
        ["https://auth.example.com"],
        {"https://auth.example.com": 1},
        True,
        1,
    ],
)
def test_the_issuer_is_compared_exactly(issuer: object) -> None:
    assert refused(iss=issuer) == "iss"


@pytest.mark.attack("A12")
@pytest.mark.parametrize(
    "audience",
    [
        None,
        "",
        "https://api.example.co",
        "https://api.example.com/",
        "https://other.example.com",
        7,
        ["https://api.example.com"],
        ["https://api.example.com", "https://other.example.com"],
    ],
)
def test_the_audience_is_compared_exactly(audience: object) -> None:
    assert refused(aud=audience) == "aud"


def test_issuer_and_audience_count_only_where_they_are_asked_for() -> None:
    token = write(claims_with(iss=None, aud=None), typ="at+jwt", key=ES256)

    assert claims_of(token, issuer=None, audience=None)["sub"] == "ada"


@pytest.mark.parametrize("value", [None, "", 7, [], ["ada"], True, {}])
def test_a_required_member_is_text(value: object) -> None:
    assert refused(sub=value) == "sub"


def test_every_required_member_must_be_there() -> None:
    token = write(CLAIMS, typ="at+jwt", key=ES256)

    with pytest.raises(TokenInvalid, match="sid"):
        claims_of(token, required=("sub", "sid"))


@given(
    st.dictionaries(
        st.text(min_size=1, max_size=8),
        st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=8),
        max_size=5,
    )
)
def test_other_members_are_kept_as_they_are(extra: dict[str, object]) -> None:
    claims = {**extra, **CLAIMS}

    assert claims_of(write(claims, typ="at+jwt", key=ES256)) == claims


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_key_is_exported_and_imported(algorithm: str) -> None:
    key = KEYS[algorithm]

    imported = import_private(key.kid, algorithm, export_private(key))

    token = write(CLAIMS, typ="at+jwt", key=imported)
    assert claims_of(token, ring=RINGS[algorithm]) == CLAIMS


@pytest.mark.attack("L6")
@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_key_is_never_shown(algorithm: str) -> None:
    key = KEYS[algorithm]
    jwk = key.jwk.as_dict(private=True)
    secret = str(jwk.get("d") or jwk["k"])

    assert secret not in repr(key)
    assert secret not in str(key)


@pytest.mark.parametrize("algorithm", ["none", "", "HS512", "es256", "PS256"])
def test_no_key_is_made_for_another_algorithm(algorithm: str) -> None:
    with pytest.raises(ValueError, match="ES256, EdDSA, RS256, HS256"):
        generate_key(algorithm)


def test_rsa_keys_have_3072_bits() -> None:
    modulus = str(KEYS["RS256"].jwk.as_dict()["n"])

    assert len(from_text(modulus)) * 8 == 3072


@pytest.mark.parametrize("algorithm", ["ES256", "EdDSA", "RS256"])
def test_the_id_of_a_key_is_its_rfc_7638_thumbprint(algorithm: str) -> None:
    key = KEYS[algorithm]
    members = {"RSA": ("e", "kty", "n"), "EC": ("crv", "kty", "x", "y")}
    jwk = key.jwk.as_dict()
    names = members.get(str(jwk["kty"]), ("crv", "kty", "x"))
    text = json.dumps({name: jwk[name] for name in names}, separators=(",", ":"))

    assert key.kid == to_text(sha256(text.encode()).digest())


def test_the_thumbprint_is_that_of_the_rfc() -> None:
    modulus = (
        "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxu"
        "hDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN"
        "5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5"
        "hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBni"
        "Iqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"
    )
    jwk = {"kty": "RSA", "n": modulus, "e": "AQAB", "alg": "RS256", "kid": "2011-04-29"}

    key = import_private("2011-04-29", "RS256", json.dumps(jwk).encode())

    assert key.jwk.thumbprint() == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"


def test_no_key_id_begins_with_a_dash() -> None:
    assert not any(generate_key("ES256").kid.startswith("-") for _ in range(200))


def test_the_id_of_a_shared_key_tells_nothing_and_stays_the_same() -> None:
    one, again, other = (
        shared_key(b"a" * 32),
        shared_key(b"a" * 32),
        shared_key(b"b" * 32),
    )

    assert one.kid == again.kid != other.kid
    assert len(one.kid) == 8


def test_a_ring_finds_its_keys() -> None:
    ring = KeyRing(ES256, [ES256, KEYS["EdDSA"]])

    assert ring.find(ES256.kid) is ES256
    assert ring.find("unknown") is None
    assert ring.ids == {ES256.kid, KEYS["EdDSA"].kid}


def test_rings_are_compared_by_their_keys() -> None:
    one = KeyRing(ES256, [ES256, KEYS["EdDSA"]])

    assert one.same_keys(KeyRing(ES256, [KEYS["EdDSA"], ES256]))
    assert not one.same_keys(KeyRing(ES256, [ES256]))
    assert not one.same_keys(KeyRing(KEYS["EdDSA"], [ES256, KEYS["EdDSA"]]))


@pytest.mark.attack("A7")
@pytest.mark.parametrize("signing", ["HS256", "ES256"])
def test_shared_secrets_and_key_pairs_never_meet_in_a_ring(signing: str) -> None:
    with pytest.raises(ValueError, match="not both"):
        KeyRing(KEYS[signing], [KEYS["HS256"], KEYS["ES256"]])


@pytest.mark.parametrize("algorithm", ["ES256", "EdDSA", "RS256"])
def test_the_published_set_holds_public_parts_only(algorithm: str) -> None:
    (published,) = RINGS[algorithm].jwks()["keys"]

    assert published["kid"] == KEYS[algorithm].kid
    assert (published["alg"], published["use"]) == (algorithm, "sig")
    assert not set(published) & {"d", "p", "q", "dp", "dq", "qi", "k"}


def test_shared_secrets_are_never_published() -> None:
    assert RINGS["HS256"].jwks() == {"keys": []}


def test_a_signing_key_that_does_not_verify_gives_tokens_nobody_reads() -> None:
    stranger: SigningKey = generate_key("ES256")
    ring = KeyRing(stranger, [ES256])

    with pytest.raises(TokenInvalid, match="kid"):
        claims_of(write(CLAIMS, typ="at+jwt", key=ring.signing), ring=ring)

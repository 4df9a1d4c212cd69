"""Tokens that were not written here, in every form that once was believed elsewhere."""

import hmac
import json
from collections.abc import Callable
from time import perf_counter

import jwt as pyjwt
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from keywright.shared.jwt import (
    ALGORITHMS,
    MAX_TOKEN,
    KeyRing,
    SigningKey,
    TokenInvalid,
    generate_key,
    read,
    write,
)
from keywright.shared.secrets import from_text, to_text
from tests.instants import NOW
from tests.shared.jose import (
    CLAIMS,
    P256_ORDER,
    Sign,
    claims_with,
    ec_private,
    es256,
    header_for,
    segment,
    token,
)

# The filter of the module under test is undone by pytest's own.
pytestmark = pytest.mark.filterwarnings("ignore:EdDSA is deprecated")

KEYS = {
    algorithm: SigningKey(f"Ours-{algorithm}", algorithm, generate_key(algorithm).jwk)
    for algorithm in ALGORITHMS
}
KEY = KEYS["ES256"]
RING = KeyRing(KEY, [KEY])
PRIVATE = ec_private(KEY)
OURS = es256(PRIVATE)
THIEF = SigningKey("Theirs", "ES256", generate_key("ES256").jwk)
THEIRS = es256(ec_private(THIEF))
GOOD = write(CLAIMS, typ="at+jwt", key=KEY)
TYPES = (
    "at+jwt",
    "rt+jwt",
    "JWT",
    "jwt",
    "AT+JWT",
    "application/at+jwt",
    "id+jwt",
    "mfa+jwt",
    "dpop+jwt",
    "logout+jwt",
    "secevent+jwt",
    "",
)


def is_refused(forged: str, *, ring: KeyRing = RING, typ: str = "at+jwt") -> bool:
    """Say whether *forged* is refused, and for no other reason than being invalid."""
    try:
        read(forged, typ=typ, ring=ring, now=NOW)
    except TokenInvalid:
        return True
    return False


def by_hmac(key: bytes, algorithm: str = "sha256") -> Sign:
    """Return what signs with a shared *key*."""
    return lambda message: hmac.digest(key, message, algorithm)


def nothing(_: bytes) -> bytes:
    """Sign with nothing."""
    return b""


def test_what_the_others_are_variations_of_is_good() -> None:
    assert not is_refused(GOOD)
    assert not is_refused(token(header_for(KEY), CLAIMS, OURS))


@pytest.mark.attack("A1")
@pytest.mark.parametrize("algorithm", ["none", "None", "nOnE", "NONE", ""])
def test_no_algorithm_is_no_signature(algorithm: str) -> None:
    header = header_for(KEY, alg=algorithm)
    unsigned = token(header, CLAIMS, nothing)

    assert is_refused(unsigned)
    assert is_refused(unsigned.removesuffix("."))
    assert is_refused(token(header, CLAIMS, OURS))
    assert is_refused(pyjwt.encode(dict(CLAIMS), "", algorithm="none"))


PUBLIC = PRIVATE.public_key()
POINT = PUBLIC.public_numbers()
PEM = PUBLIC.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
SPELLINGS = {
    "PEM": PEM,
    "PEM without newline": PEM.strip(),
    "PEM with two": PEM + b"\n",
    "DER": PUBLIC.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
    "JWK": json.dumps(KEY.jwk.as_dict()).encode(),
    "JWK, short": json.dumps(KEY.jwk.as_dict(), separators=(",", ":")).encode(),
    "x": POINT.x.to_bytes(32, "big"),
    "point": PUBLIC.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint),
    "kid": KEY.kid.encode(),
    "empty": b"",
}


@pytest.mark.attack("A2")
@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("algorithm", ["HS256", "HS384", "HS512"])
def test_the_public_key_is_no_shared_secret(algorithm: str, spelling: str) -> None:
    sign = by_hmac(SPELLINGS[spelling], algorithm.lower().replace("hs", "sha"))

    assert is_refused(token(header_for(KEY, alg=algorithm), CLAIMS, sign))


@pytest.mark.attack("A3")
@pytest.mark.parametrize("kid", [KEY.kid, THIEF.kid])
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("jwk", THIEF.jwk.as_dict()),
        ("x5c", ["MIIB"]),
        ("x5t", to_text(bytes(20))),
        ("x5t#S256", to_text(bytes(32))),
        ("jku", "https://evil.example/jwks.json"),
        ("x5u", "https://evil.example/cert.pem"),
        ("crit", ["exp"]),
        ("b64", False),
        ("zip", "DEF"),
        ("cty", "JWT"),
        ("nonce", "x"),
    ],
)
def test_a_header_with_anything_else_is_refused_whoever_signed(
    name: str, value: object, kid: str
) -> None:
    header = header_for(KEY, kid=kid, **{name: value})

    assert is_refused(token(header, CLAIMS, THEIRS))
    assert is_refused(token(header, CLAIMS, OURS))


@pytest.mark.attack("A5")
@pytest.mark.parametrize(
    "kid",
    [
        "../../../../dev/null",
        "/proc/self/environ",
        "file:///etc/passwd",
        "https://evil.example/key",
        "' OR 1=1 --",
        '{"$gt": ""}',
        "\x00",
        f"{KEY.kid}\x00",
        f" {KEY.kid}",
        KEY.kid.swapcase(),
        "k" * 4000,
        "",
        7,
        True,
        [],
        [KEY.kid],
        {"kid": KEY.kid},
    ],
)
def test_a_key_id_is_only_looked_up_among_our_own(kid: object) -> None:
    header = {**header_for(KEY), "kid": kid}

    assert is_refused(token(header, CLAIMS, THEIRS))
    assert is_refused(token(header, CLAIMS, by_hmac(b"")))


@pytest.mark.parametrize("name", ["alg", "kid", "typ"])
def test_no_header_member_may_be_missing_or_null(name: str) -> None:
    assert is_refused(token(header_for(KEY, **{name: None}), CLAIMS, OURS))
    assert is_refused(token({**header_for(KEY), name: None}, CLAIMS, OURS))


@pytest.mark.attack("A7")
@pytest.mark.parametrize("algorithm", ["ES384", "ES512", "PS256", "RS256", "EdDSA"])
def test_a_key_is_good_for_its_own_algorithm_only(algorithm: str) -> None:
    assert is_refused(token(header_for(KEY, alg=algorithm), CLAIMS, OURS))


@pytest.mark.attack("A7")
@pytest.mark.parametrize(("named", "signing"), [("EdDSA", "RS256"), ("RS256", "EdDSA")])
def test_one_key_of_the_ring_does_not_sign_for_another(
    named: str, signing: str
) -> None:
    ring = KeyRing(KEY, [KEY, KEYS["EdDSA"], KEYS["RS256"]])
    jwk = pyjwt.PyJWK(KEYS[signing].jwk.as_dict(private=True), algorithm=signing)
    headers = {"kid": KEYS[named].kid, "typ": "at+jwt"}

    forged = pyjwt.encode(dict(CLAIMS), jwk, algorithm=signing, headers=headers)

    assert is_refused(forged, ring=ring)


def changed_signature(change: Callable[[bytes], bytes]) -> str:
    """Return the good token with its signature changed."""
    signed, _, signature = GOOD.rpartition(".")
    return f"{signed}.{to_text(change(from_text(signature)))}"


@pytest.mark.attack("A8")
@pytest.mark.parametrize(
    "change",
    [
        lambda _: b"",
        lambda _: bytes(64),
        lambda _: bytes(31) + b"\x01" + bytes(32),
        lambda _: P256_ORDER.to_bytes(32, "big") * 2,
        lambda _: b"\xff" * 64,
        lambda signature: signature[:-1],
        lambda signature: signature + b"\x00",
        lambda signature: signature[32:] + signature[:32],
        lambda signature: bytes([signature[0] ^ 1]) + signature[1:],
        lambda signature: signature[:-1] + bytes([signature[-1] ^ 1]),
    ],
)
def test_another_signature_is_none(change: Callable[[bytes], bytes]) -> None:
    assert is_refused(changed_signature(change))


@pytest.mark.attack("A8")
def test_a_signature_in_the_form_of_certificates_is_refused() -> None:
    def der(message: bytes) -> bytes:
        return PRIVATE.sign(message, ec.ECDSA(hashes.SHA256()))

    assert is_refused(token(header_for(KEY), CLAIMS, der))


@pytest.mark.attack("A8")
def test_the_twin_of_a_signature_says_nothing_else() -> None:
    def twin(signature: bytes) -> bytes:
        s = int.from_bytes(signature[32:], "big")
        return signature[:32] + (P256_ORDER - s).to_bytes(32, "big")

    claims = read(changed_signature(twin), typ="at+jwt", ring=RING, now=NOW)

    assert claims == CLAIMS


@pytest.mark.attack("A8")
@pytest.mark.parametrize("algorithm", ["EdDSA", "RS256", "HS256"])
def test_an_empty_or_zero_signature_is_none(algorithm: str) -> None:
    key = KEYS[algorithm]
    ring = KeyRing(key, [key])
    length = len(from_text(write(CLAIMS, typ="at+jwt", key=key).split(".")[2]))

    for forged in (nothing, lambda _: bytes(length), lambda _: b"\x00"):
        assert is_refused(token(header_for(key), CLAIMS, forged), ring=ring)


@pytest.mark.attack("A13")
@pytest.mark.parametrize("read_as", TYPES)
@pytest.mark.parametrize("written_as", TYPES)
def test_a_token_is_read_as_the_type_it_was_written_as_only(
    written_as: str, read_as: str
) -> None:
    written = write(CLAIMS, typ=written_as, key=KEY)

    assert is_refused(written, typ=read_as) is (written_as != read_as)


@pytest.mark.attack("A14")
@pytest.mark.parametrize(
    "changes",
    [{"sub": "eve"}, {"role": "admin"}, {"exp": 4_000_000_000}, {"iss": "other"}],
)
def test_claims_are_not_changed_under_a_signature(changes: dict[str, object]) -> None:
    header, _, signature = GOOD.split(".")

    assert is_refused(f"{header}.{segment(claims_with(**changes))}.{signature}")


@pytest.mark.attack("A14")
def test_parts_of_two_good_tokens_make_no_third() -> None:
    other = write(claims_with(sub="eve"), typ="at+jwt", key=KEY)
    (h1, c1, s1), (h2, c2, s2) = GOOD.split("."), other.split(".")

    for parts in [(h1, c2, s1), (h1, c1, s2), (h2, c1, s2), (c1, h1, s1)]:
        assert is_refused(".".join(parts))


@pytest.mark.attack("A15")
def test_no_member_stands_twice() -> None:
    header = json.dumps(header_for(KEY))
    claims = json.dumps(CLAIMS)
    twice = header.replace("{", '{"alg": "none", ', 1).encode()
    admin = claims.replace("{", '{"sub": "eve", ', 1).encode()
    escaped = claims.replace("{", '{"\\u0073ub": "eve", ', 1).encode()

    assert is_refused(token(twice, CLAIMS, OURS))
    assert is_refused(token(header_for(KEY), admin, OURS))
    assert is_refused(token(header_for(KEY), escaped, OURS))


@pytest.mark.parametrize(
    "content",
    [b"", b"null", b"[]", b'"text"', b"{", b"\xff", b"\xef\xbb\xbf{}", b"NaN"],
)
def test_header_and_claims_are_objects(content: bytes) -> None:
    assert is_refused(token(content, CLAIMS, OURS))
    assert is_refused(token(header_for(KEY), content, OURS))


@pytest.mark.parametrize(
    "change",
    [
        lambda good: f" {good}",
        lambda good: f"{good}\n",
        lambda good: f"{good}=",
        lambda good: good.replace(".", ". ", 1),
        lambda good: good.replace(".", "..", 1),
        lambda good: f"{good}.",
        lambda good: f".{good}",
        lambda good: f"{good}.x",
        lambda good: good.replace(".", "\u2024", 1),
        lambda good: good.rpartition(".")[0],
        lambda good: f"{good[:-1]}\u0131",
        lambda good: f"Bearer {good}",
        lambda good: json.dumps({"payload": good}),
        lambda _: "",
        lambda _: "..",
        lambda _: "a.b.c",
    ],
)
def test_only_the_compact_form_is_read(change: Callable[[str], str]) -> None:
    assert is_refused(change(GOOD))


def test_bits_that_mean_nothing_are_refused() -> None:
    signed, _, signature = GOOD.rpartition(".")
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    last = alphabet.index(signature[-1])
    twin = alphabet[last ^ 1]

    assert is_refused(f"{signed}.{signature[:-1]}{twin}")


@pytest.mark.attack("A16")
@pytest.mark.parametrize(
    "header",
    [
        {"alg": "dir", "enc": "A256GCM", "zip": "DEF"},
        {"alg": "RSA1_5", "enc": "A128CBC-HS256"},
        {"alg": "PBES2-HS256+A128KW", "enc": "A128GCM", "p2c": 2**31, "p2s": "AAAA"},
    ],
)
def test_an_encrypted_token_is_not_even_opened(header: dict[str, object]) -> None:
    header = {**header, "kid": KEY.kid, "typ": "at+jwt"}
    parts = [segment(header), "AA", "AA", "A" * 4000, "AA"]
    began = perf_counter()

    assert is_refused(".".join(parts))
    assert is_refused(".".join(parts[:3]))
    assert perf_counter() - began < 0.5


@pytest.mark.attack("A17")
@pytest.mark.parametrize(
    "huge",
    [
        "A" * 1_000_000,
        "." * 100_000,
        f"{'A' * 100_000}.{GOOD}",
        f"{GOOD}{'A' * MAX_TOKEN}",
        "a.b." + "c" * 1_000_000,
        "\u00e9" * 100_000,
    ],
)
def test_a_huge_token_costs_nothing(huge: str) -> None:
    began = perf_counter()

    assert is_refused(huge)
    assert perf_counter() - began < 0.5


def test_a_token_is_read_up_to_its_largest_size() -> None:
    def padded(length: int) -> str:
        return write({**CLAIMS, "pad": "x" * length}, typ="at+jwt", key=KEY)

    assert len(padded(5700)) <= MAX_TOKEN < len(padded(6000))
    assert not is_refused(padded(5700))
    assert is_refused(padded(6000))


def test_the_examples_of_the_rfcs_name_no_key_and_are_refused() -> None:
    rfc_7515_a1 = (
        "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9."
        "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9p"
        "c19yb290Ijp0cnVlfQ."
        "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    )
    rfc_7519_6_1 = (
        "eyJhbGciOiJub25lIn0."
        "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9p"
        "c19yb290Ijp0cnVlfQ."
    )

    assert is_refused(rfc_7515_a1)
    assert is_refused(rfc_7519_6_1)


@given(st.text(max_size=300))
def test_any_text_is_refused_and_nothing_else_happens(text: str) -> None:
    assert is_refused(text)


@given(st.integers(0, len(GOOD) - 1), st.characters(codec="ascii"))
def test_no_character_of_a_good_token_can_be_another(index: int, other: str) -> None:
    changed = GOOD[:index] + other + GOOD[index + 1 :]

    assert changed == GOOD or is_refused(changed)


def test_r_and_s_are_what_is_signed() -> None:
    signature = from_text(GOOD.split(".")[2])
    message = GOOD.rpartition(".")[0].encode()
    der = PRIVATE.sign(message, ec.ECDSA(hashes.SHA256()))

    assert len(signature) == 64
    assert all(0 < number < P256_ORDER for number in decode_dss_signature(der))

"""Random values, ids, digests and derived keys."""

import hashlib
import hmac
import time
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keywright.shared.secrets import (
    MasterSecret,
    digest,
    from_text,
    mac,
    new_id,
    random_bytes,
    random_code,
    random_fraction,
    to_text,
)

MASTER = bytes(range(32))


@given(st.binary(max_size=100))
def test_bytes_go_through_text_and_back(value: bytes) -> None:
    text = to_text(value)

    assert from_text(text) == value
    assert text.isascii()
    assert not set(text) & set("+/= ")


def test_text_is_base64url_of_rfc_7515() -> None:
    assert to_text(bytes([3, 236, 255, 224, 193])) == "A-z_4ME"


@pytest.mark.parametrize(
    "text",
    ["A", "AB=", "AB==", "A+B/", "AA AA", "AAB", "AB\n", "é", "A-z_4MF", "=", " "],
)
def test_any_other_spelling_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - any reason will do
        from_text(text)


@given(st.text(max_size=20))
def test_one_value_has_one_spelling(text: str) -> None:
    try:
        value = from_text(text)
    except ValueError:
        return
    assert to_text(value) == text


def test_random_values_do_not_repeat() -> None:
    assert len({random_bytes(16) for _ in range(1000)}) == 1000
    assert len({new_id() for _ in range(1000)}) == 1000


def test_a_fraction_is_from_nought_up_to_one() -> None:
    drawn = [random_fraction() for _ in range(1000)]

    assert all(0 <= one < 1 for one in drawn)
    assert min(drawn) < 0.1
    assert max(drawn) > 0.9


@pytest.mark.parametrize("digits", [6, 8])
def test_a_code_has_its_digits_leading_zeros_included(digits: int) -> None:
    codes = [random_code(digits) for _ in range(2000)]

    assert {len(code) for code in codes} == {digits}
    assert all(code.isdecimal() and code.isascii() for code in codes)
    assert Counter(code[0] for code in codes)["0"] > 100


def test_an_id_is_a_uuid_of_version_7_that_sorts_by_time() -> None:
    before = time.time_ns() // 1_000_000
    one = new_id()
    time.sleep(0.002)
    other = new_id()

    assert one.version == 7
    assert one.variant == "specified in RFC 4122"
    assert before <= one.int >> 80 <= time.time_ns() // 1_000_000
    assert one < other


def test_a_digest_is_sha_256() -> None:
    assert digest(b"abc").hex() == (
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    )


def test_a_mac_covers_each_part_with_its_length() -> None:
    message = b"\x00\x00\x00\x02ab\x00\x00\x00\x01c"

    assert mac(MASTER, b"ab", b"c") == hmac.digest(MASTER, message, "sha256")


@given(st.lists(st.binary(max_size=4), max_size=4), st.lists(st.binary(max_size=4)))
def test_parts_cannot_be_moved_from_one_to_the_next(
    one: list[bytes], other: list[bytes]
) -> None:
    assert (mac(MASTER, *one) == mac(MASTER, *other)) is (one == other)


def test_a_purpose_has_a_key_of_its_own() -> None:
    secret = MasterSecret([MASTER])

    keys = {secret.key(label) for label in ("vault", "challenge", "vault ", "")}

    assert len(keys | {MASTER}) == 5
    assert {len(key) for key in keys} == {32}


def test_a_derived_key_stays_the_same_for_ever() -> None:
    # HKDF of RFC 5869 by hand: extract with a salt of zeros, then one block.
    extracted = hmac.digest(bytes(32), MASTER, "sha256")
    expected = hmac.digest(extracted, b"vault\x01", "sha256")

    assert MasterSecret([MASTER]).key("vault") == expected


def test_former_masters_give_their_keys_after_the_newest() -> None:
    former, newest = MASTER, bytes(32)

    keys = MasterSecret([newest, former]).keys("vault")

    assert keys == (
        MasterSecret([newest]).key("vault"),
        MasterSecret([former]).key("vault"),
    )


@pytest.mark.attack("A9")
@pytest.mark.parametrize(
    "masters", [[], [b""], [b"secret"], [b"x" * 31], [MASTER, b"x" * 31]]
)
def test_a_short_master_is_refused(masters: list[bytes]) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        MasterSecret(masters)


@pytest.mark.attack("L6")
def test_a_master_is_never_shown() -> None:
    shown = repr(MasterSecret([b"s3cr3t" * 8])) + str(MasterSecret([b"s3cr3t" * 8]))

    assert "s3cr3t" not in shown


def test_digests_of_one_kind_are_not_of_another() -> None:
    assert digest(MASTER) == hashlib.sha256(MASTER).digest() != mac(MASTER)

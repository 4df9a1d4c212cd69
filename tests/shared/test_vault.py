"""What is kept in a store is sealed under a key from outside of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keywright.shared.secrets import from_text, to_text
from keywright.shared.vault import SealBroken, Vault

KEY, OTHER = b"k" * 32, b"o" * 32
VAULT = Vault([KEY])


@given(st.binary(max_size=200), st.binary(max_size=40))
def test_what_was_sealed_opens_with_its_context(plain: bytes, context: bytes) -> None:
    sealed = VAULT.seal(plain, context=context)

    assert VAULT.open(sealed, context=context) == plain


def test_two_seals_of_one_value_differ() -> None:
    assert VAULT.seal(b"x", context=b"") != VAULT.seal(b"x", context=b"")


@pytest.mark.asvs("V11.3.3")
def test_another_context_does_not_open_it() -> None:
    sealed = VAULT.seal(b"x", context=b"ada")

    with pytest.raises(SealBroken):
        VAULT.open(sealed, context=b"eve")


def test_another_key_does_not_open_it() -> None:
    sealed = VAULT.seal(b"x", context=b"")

    with pytest.raises(SealBroken):
        Vault([OTHER]).open(sealed, context=b"")


def test_a_former_key_opens_what_it_sealed() -> None:
    sealed = VAULT.seal(b"x", context=b"")
    rotated = Vault([OTHER, KEY])

    assert rotated.open(sealed, context=b"") == b"x"
    assert not rotated.is_newest(sealed)
    assert rotated.is_newest(rotated.seal(b"x", context=b""))


def test_what_a_former_key_sealed_is_sealed_anew_once() -> None:
    sealed = VAULT.seal(b"x", context=b"ada")

    resealed = Vault([OTHER, KEY]).resealed(sealed, context=b"ada")

    assert resealed is not None
    assert Vault([OTHER]).open(resealed, context=b"ada") == b"x"
    assert Vault([OTHER, KEY]).resealed(resealed, context=b"ada") is None


def test_what_cannot_be_opened_is_not_sealed_anew() -> None:
    with pytest.raises(SealBroken):
        Vault([OTHER]).resealed(VAULT.seal(b"x", context=b""), context=b"")


@pytest.mark.asvs("V11.3.3")
def test_a_single_changed_byte_breaks_the_seal() -> None:
    sealed = VAULT.seal(b"some value", context=b"")
    version, key_id, nonce, ciphertext = sealed.split(".")
    content = from_text(ciphertext)

    for index in range(len(content)):
        changed = bytearray(content)
        changed[index] ^= 1
        forged = ".".join([version, key_id, nonce, to_text(bytes(changed))])
        with pytest.raises(SealBroken):
            VAULT.open(forged, context=b"")


PARTS = VAULT.seal(b"x", context=b"").split(".")


@pytest.mark.parametrize(
    "sealed",
    [
        "",
        "...",
        "v1",
        "é.é.é.é",
        ".".join(["v2", *PARTS[1:]]),
        ".".join([PARTS[0], "unknown", *PARTS[2:]]),
        ".".join([*PARTS[:2], "", PARTS[3]]),
        ".".join([*PARTS[:2], "AA", PARTS[3]]),
        ".".join([*PARTS[:2], "A" * 400, PARTS[3]]),
        ".".join([*PARTS[:3], ""]),
        ".".join([*PARTS[:3], "AAAA"]),
        ".".join([*PARTS, "AA"]),
    ],
    ids=lambda _: "sealed",
)
def test_what_was_never_sealed_is_refused_with_one_error(sealed: str) -> None:
    with pytest.raises(SealBroken) as error:
        VAULT.open(sealed, context=b"")

    assert str(error.value) == ""


@given(st.text(max_size=60))
def test_any_text_is_refused_with_one_error(text: str) -> None:
    with pytest.raises(SealBroken):
        VAULT.open(text, context=b"")

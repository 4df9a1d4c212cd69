"""The form of refresh tokens, and their successors."""

import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keywright.shared.jwt import TokenInvalid, shared_key, write
from keywright.shared.rotating_tokens import TYPE, RotatingTokens
from keywright.shared.secrets import new_id, to_text
from tests.instants import DAY, NOW, SECOND
from tests.shared.jose import seconds_of

SIGNING, SUCCESSOR = b"s" * 32, b"t" * 32
TOKENS = RotatingTokens(signing_keys=[SIGNING], successor_keys=[SUCCESSOR])
SESSION, USER = new_id(), new_id()
JTI = bytes(range(32))


def written(tokens: RotatingTokens = TOKENS, jti: bytes = JTI) -> str:
    """Return a token of the session."""
    return tokens.write(
        SESSION, USER, jti, issued_at=NOW, expires_at=NOW + DAY, amr=("pwd",)
    )


def forged(**changes: object) -> str:
    """Return a token with good claims and *changes*."""
    claims: dict[str, object] = {
        "sub": str(USER),
        "sid": str(SESSION),
        "jti": to_text(JTI),
        "iat": seconds_of(NOW),
        "exp": seconds_of(NOW + DAY),
        "amr": ["pwd"],
        **changes,
    }
    kept = {name: value for name, value in claims.items() if value is not None}
    return write(kept, typ=TYPE, key=shared_key(SIGNING))


def test_what_was_written_is_read() -> None:
    read = TOKENS.read(written(), now=NOW)

    assert (read.session_id, read.user_id, read.jti) == (SESSION, USER, JTI)
    assert read.issued_at == NOW.replace(microsecond=0)
    assert read.amr == ("pwd",)


def test_the_same_arguments_give_the_same_bytes() -> None:
    assert written() == written()


@pytest.mark.attack("L6")
def test_the_secret_of_a_token_is_not_shown() -> None:
    read = TOKENS.read(written(), now=NOW)

    assert repr(JTI) not in repr(read)
    assert to_text(JTI) not in repr(read)


def test_a_family_begins_with_256_random_bits() -> None:
    assert len({TOKENS.first_jti() for _ in range(100)}) == 100
    assert len(TOKENS.first_jti()) == 32


def test_a_successor_is_a_mac_of_its_predecessor() -> None:
    expected = hmac.digest(SUCCESSOR, b"\x00\x00\x00\x20" + JTI, "sha256")

    assert TOKENS.successors(JTI) == [expected]


@given(st.binary(min_size=32, max_size=32), st.binary(min_size=32, max_size=32))
def test_two_tokens_never_have_one_successor(one: bytes, other: bytes) -> None:
    same = TOKENS.successors(one) == TOKENS.successors(other)

    assert same is (one == other)


def test_former_keys_give_successors_after_the_newest() -> None:
    rotated = RotatingTokens(
        signing_keys=[SIGNING], successor_keys=[b"n" * 32, SUCCESSOR]
    )

    newest, former = rotated.successors(JTI)

    assert [former] == TOKENS.successors(JTI)
    assert newest != former


def test_a_token_by_a_former_key_is_read() -> None:
    rotated = RotatingTokens(
        signing_keys=[b"n" * 32, SIGNING], successor_keys=[SUCCESSOR]
    )

    assert rotated.read(written(), now=NOW) == TOKENS.read(written(), now=NOW)
    with pytest.raises(TokenInvalid):
        TOKENS.read(written(rotated), now=NOW)


def test_a_token_dies_with_its_expiry() -> None:
    with pytest.raises(TokenInvalid, match="exp"):
        TOKENS.read(written(), now=NOW + DAY + 11 * SECOND)


def test_for_signing_out_the_times_play_no_part() -> None:
    assert TOKENS.read(written(), now=None).session_id == SESSION


@pytest.mark.parametrize(
    "changes",
    [
        {"sub": None},
        {"sub": "ada"},
        {"sid": None},
        {"sid": "1"},
        {"jti": None},
        {"jti": ""},
        {"jti": "not base64url!"},
        {"jti": "AB"},
        {"iat": None},
        {"exp": None},
        {"amr": None},
        {"amr": "pwd"},
    ],
)
def test_every_member_has_its_form(changes: dict[str, object]) -> None:
    with pytest.raises(TokenInvalid):
        TOKENS.read(forged(**changes), now=NOW)


def test_a_token_with_all_members_in_form_is_good() -> None:
    assert TOKENS.read(forged(), now=NOW).user_id == USER


@pytest.mark.attack("A13")
@pytest.mark.parametrize("typ", ["at+jwt", "JWT", "RT+JWT", ""])
def test_another_type_of_token_is_refused(typ: str) -> None:
    claims = {"sub": "a", "sid": "b", "jti": "c", "iat": 1, "exp": 2}

    with pytest.raises(TokenInvalid, match="typ"):
        TOKENS.read(write(claims, typ=typ, key=shared_key(SIGNING)), now=None)

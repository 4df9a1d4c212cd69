"""Access tokens are written, and checked from memory."""

from collections.abc import Mapping

import pytest

from keywright.shared.access_tokens import TYPE, AccessTokens
from keywright.shared.jwt import (
    KeyRing,
    SigningKey,
    TokenInvalid,
    generate_key,
    write,
)
from keywright.shared.secrets import new_id
from tests.instants import HOUR, MINUTE, NOW, SECOND
from tests.shared.jose import seconds_of

ISSUER = "https://auth.example.com"
USER, SESSION = new_id(), new_id()
KEY, OTHER = generate_key("ES256"), generate_key("ES256")
LIFETIME, LEEWAY = 15 * MINUTE, 10 * SECOND


class Desk:
    """Access tokens with a clock and keys that tests set."""

    def __init__(self, *, cache_size: int = 3, audience: str | None = None) -> None:
        self.now = NOW
        self.session_ends_at = NOW + 24 * HOUR
        self.ring = KeyRing(KEY, [KEY])
        self.tokens = AccessTokens(
            lambda: self.ring,
            issuer=ISSUER,
            lifetime=LIFETIME,
            now=lambda: self.now,
            audience=audience,
            cache_size=cache_size,
        )

    def write(self) -> str:
        """Return a fresh token."""
        return self.tokens.write(
            USER,
            SESSION,
            role="admin",
            auth_time=NOW - HOUR,
            amr=("pwd", "otp"),
            epoch=3,
            now=self.now,
            session_ends_at=self.session_ends_at,
        )

    def is_good(self, token: str) -> bool:
        """Say whether *token* is valid now."""
        try:
            self.tokens.read(token)
        except TokenInvalid:
            return False
        return True

    def cached(self) -> int:
        """Return how many verified tokens are kept."""
        return len(self.tokens._cache)


def forged(changes: Mapping[str, object], *, key: SigningKey = KEY) -> str:
    """Return a token with good claims and *changes*, signed by *key*."""
    claims: dict[str, object] = {
        "iss": ISSUER,
        "aud": ISSUER,
        "sub": str(USER),
        "sid": str(SESSION),
        "jti": "x",
        "role": "user",
        "amr": ["pwd"],
        "epoch": 0,
        "auth_time": seconds_of(NOW),
        "iat": seconds_of(NOW),
        "exp": seconds_of(NOW + LIFETIME),
        **changes,
    }
    kept = {name: value for name, value in claims.items() if value is not None}
    return write(kept, typ=TYPE, key=key)


def test_a_token_says_who_in_which_session_and_until_when() -> None:
    desk = Desk()

    claims = desk.tokens.read(desk.write())

    whole = NOW.replace(microsecond=0)
    assert (claims.user_id, claims.session_id) == (USER, SESSION)
    assert (claims.role, claims.amr) == ("admin", ("pwd", "otp"))
    assert claims.expires_at == whole + LIFETIME
    assert claims.auth_time == whole - HOUR


def test_two_tokens_of_one_session_are_two() -> None:
    desk = Desk()

    assert desk.write() != desk.write()


def test_the_audience_is_the_issuer_unless_given() -> None:
    desk, api = Desk(), Desk(audience="https://api.example.com")

    assert desk.is_good(desk.write())
    assert not desk.is_good(api.write())
    assert api.is_good(api.write())


@pytest.mark.attack("A10")
@pytest.mark.parametrize("is_known", [False, True])
def test_a_token_ends_with_the_leeway_whether_it_was_seen_before_or_not(
    is_known: bool,
) -> None:
    desk = Desk()
    desk.now = NOW.replace(microsecond=0)
    token = desk.write()
    if is_known:
        desk.tokens.read(token)

    desk.now += LIFETIME + LEEWAY - SECOND / 1000
    assert desk.is_good(token)
    desk.now += SECOND / 1000

    assert not desk.is_good(token)
    assert not desk.is_good(token)


def test_a_token_is_verified_once() -> None:
    desk = Desk()
    token = desk.write()

    first = desk.tokens.read(token)

    assert desk.tokens.read(token) is first
    assert desk.cached() == 1


def test_what_is_refused_is_not_kept() -> None:
    desk = Desk()

    for _ in range(5):
        assert not desk.is_good(forged({}, key=OTHER))

    assert desk.cached() == 0


@pytest.mark.attack("F8")
def test_no_more_tokens_are_kept_than_the_cache_holds() -> None:
    desk = Desk(cache_size=3)
    tokens = [desk.write() for _ in range(10)]

    for token in tokens:
        assert desk.is_good(token)
        assert desk.cached() <= 3

    assert desk.is_good(tokens[0])
    assert desk.is_good(tokens[-1])


@pytest.mark.attack("A20")
def test_a_token_seen_before_dies_with_its_key() -> None:
    desk = Desk()
    token = desk.write()
    assert desk.is_good(token)

    desk.ring = KeyRing(OTHER, [OTHER])

    assert not desk.is_good(token)
    assert desk.cached() == 0


def test_a_token_outlives_a_change_of_keys_that_keeps_its_own() -> None:
    desk = Desk()
    token = desk.write()
    assert desk.is_good(token)

    desk.ring = KeyRing(OTHER, [OTHER, KEY])

    assert desk.is_good(token)


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://evil.example"},
        {"aud": "https://evil.example"},
        {"aud": [ISSUER]},
        {"sub": None},
        {"sub": "ada"},
        {"sid": None},
        {"sid": "1"},
        {"jti": None},
        {"role": None},
        {"role": ["admin"]},
        {"amr": None},
        {"amr": "pwd"},
        {"amr": [1]},
        {"epoch": None},
        {"epoch": "3"},
        {"epoch": 1.5},
        {"auth_time": None},
        {"auth_time": "now"},
        {"auth_time": 10**18},
        {"exp": None},
    ],
)
def test_every_member_has_its_form(changes: dict[str, object]) -> None:
    assert not Desk().is_good(forged(changes))


def test_a_token_with_all_members_in_form_is_good() -> None:
    assert Desk().is_good(forged({}))


@pytest.mark.attack("A13")
def test_another_type_of_token_is_refused() -> None:
    desk = Desk()
    claims = {"sub": str(USER), "iat": seconds_of(NOW), "exp": seconds_of(NOW + HOUR)}

    assert not desk.is_good(write(claims, typ="rt+jwt", key=KEY))


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "é", "\ud800", "\x00"])
def test_what_is_no_token_is_refused(token: str) -> None:
    assert not Desk().is_good(token)


def test_a_token_holds_neither_address_nor_name() -> None:
    desk = Desk()
    names = set(desk.tokens.read(desk.write()).__dataclass_fields__)

    assert names == {
        "user_id",
        "session_id",
        "role",
        "expires_at",
        "auth_time",
        "amr",
        "epoch",
    }


def test_a_token_does_not_outlive_its_session() -> None:
    desk = Desk()
    desk.session_ends_at = NOW + MINUTE

    ends_at = desk.tokens.read(desk.write()).expires_at
    assert NOW < ends_at <= desk.session_ends_at

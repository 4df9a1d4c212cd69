"""What may follow from an identity that no user has yet."""

import pytest

from keywright.features.identities.policy import (
    gives_way,
    is_last_factor,
    trusted_email,
)
from tests.features.identities.builders import identity, proven
from tests.features.users.builders import user


def test_only_a_trusted_address_counts() -> None:
    assert trusted_email(proven(email="a@b.example")) == "a@b.example"
    assert trusted_email(proven(email="a@b.example", is_email_trusted=False)) is None
    assert trusted_email(proven(email=None)) is None


@pytest.mark.parametrize("is_verified", [True, False])
def test_only_who_never_proved_the_address_gives_way(*, is_verified: bool) -> None:
    assert gives_way(user(is_email_verified=is_verified)) is not is_verified


@pytest.mark.parametrize(
    ("password", "linked", "is_last"),
    [
        (None, 0, True),
        (None, 1, True),
        (None, 2, False),
        ("sealed", 1, False),
        ("sealed", 0, False),
    ],
)
def test_what_the_last_factor_is(
    password: str | None, linked: int, *, is_last: bool
) -> None:
    owner = user(password_hash=password)
    assert is_last_factor(owner, [identity() for _ in range(linked)]) is is_last

"""Which keys sign, verify and are published at an instant."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keywright.features.keys.policy import (
    KeyState,
    replaced,
    retirement,
    signer,
    state,
    verifiers,
    wants_another,
)
from keywright.features.keys.types import StoredKey
from tests.features.keys.builders import stored_key
from tests.instants import HOUR, MILLISECOND, MINUTE, NOW

OLD = stored_key(number=1, active_at=NOW - HOUR, gone_at=NOW + HOUR)
NEW = stored_key(number=2, active_at=NOW)
STAGED = stored_key(number=3, active_at=NOW + MILLISECOND)
REVOKED = replace(NEW, revoked_at=NOW)
GONE = replace(OLD, gone_at=NOW)


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        pytest.param([], None, id="none"),
        pytest.param([OLD], OLD, id="one, though its end is set"),
        pytest.param([STAGED], None, id="staged only"),
        pytest.param([OLD, NEW], NEW, id="the newest"),
        pytest.param([NEW, OLD], NEW, id="in any order"),
        pytest.param([OLD, NEW, STAGED], NEW, id="not before its time"),
        pytest.param([OLD, REVOKED], None, id="never the one before a revoked one"),
        pytest.param([OLD, replace(STAGED, revoked_at=NOW)], OLD, id="staged, revoked"),
        pytest.param([GONE], None, id="gone"),
    ],
)
def test_the_newest_due_key_signs(
    keys: Sequence[StoredKey], expected: StoredKey | None
) -> None:
    assert signer(keys, now=NOW) == expected


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (OLD, KeyState.RETIRING),
        (NEW, KeyState.ACTIVE),
        (STAGED, KeyState.STAGED),
        (REVOKED, KeyState.GONE),
        (GONE, KeyState.GONE),
        (replace(STAGED, revoked_at=NOW), KeyState.GONE),
    ],
)
def test_a_key_has_one_state(key: StoredKey, expected: KeyState) -> None:
    others = [one for one in (OLD, NEW, STAGED) if one.number != key.number]

    assert state(key, [*others, key], now=NOW) is expected


def test_all_that_are_not_gone_verify() -> None:
    keys = [GONE, NEW, STAGED]

    assert verifiers(keys, now=NOW) == [NEW, STAGED]
    assert verifiers([STAGED], now=NOW) == [STAGED]


@pytest.mark.attack("A7")
def test_shared_secrets_and_key_pairs_never_verify_side_by_side() -> None:
    shared = replace(OLD, algorithm="HS256")

    assert verifiers([shared, NEW], now=NOW) == [NEW]
    assert verifiers([shared, NEW], now=NOW - MILLISECOND) == [shared]


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        pytest.param([OLD, NEW], False, id="the newest has it"),
        pytest.param([OLD, replace(NEW, algorithm="EdDSA")], True, id="another"),
        pytest.param(
            [NEW, replace(STAGED, algorithm="EdDSA")], False, id="one is on its way"
        ),
    ],
)
def test_a_key_for_another_algorithm_is_wanted(
    keys: Sequence[StoredKey], expected: bool
) -> None:
    assert wants_another(keys, algorithm="ES256", now=NOW) is expected


def test_only_older_keys_without_an_end_are_replaced() -> None:
    endless = replace(OLD, gone_at=None)

    assert replaced([endless, NEW, STAGED], by=NEW) == [endless]
    assert replaced([OLD, NEW, STAGED], by=NEW) == []


def test_a_key_outlives_the_last_token_it_signed() -> None:
    gone_at = retirement(NOW, longest_life=timedelta(minutes=15))

    assert gone_at == NOW + 20 * MINUTE


INSTANTS = st.integers(-100, 100).map(lambda minutes: NOW + minutes * MINUTE)


@given(
    st.lists(
        st.builds(
            stored_key,
            number=st.integers(1, 6),
            algorithm=st.sampled_from(["ES256", "HS256"]),
            active_at=INSTANTS,
            gone_at=st.none() | INSTANTS,
            revoked_at=st.none() | INSTANTS,
        ),
        unique_by=lambda key: key.number,
    ),
    INSTANTS,
)
def test_the_key_that_signs_is_the_only_active_one_and_verifies(
    keys: list[StoredKey], at: datetime
) -> None:
    active = [key for key in keys if state(key, keys, now=at) is KeyState.ACTIVE]

    signing = signer(keys, now=at)

    assert active == ([] if signing is None else [signing])
    verifying = verifiers(keys, now=at)
    assert signing is None or signing in verifying
    assert all(state(key, keys, now=at) is not KeyState.GONE for key in verifying)

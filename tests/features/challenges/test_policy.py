"""When a challenge may be tried, used and sent again."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keywright.features.challenges.policy import (
    SHORT_CODES,
    counted_sends,
    is_open,
    may_renew,
    may_try,
)
from keywright.features.challenges.types import RESUME_AFTER, Challenge, Purpose
from keywright.features.rate_limits.memory import Limiter
from tests.features.challenges.builders import challenge
from tests.instants import DAY, HOUR, MILLISECOND, MINUTE, NOW, SECOND


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        pytest.param(challenge(), True, id="fresh"),
        pytest.param(challenge(superseded_at=NOW), False, id="superseded"),
        pytest.param(challenge(used_at=NOW, done_at=NOW), False, id="done"),
        pytest.param(challenge(expires_at=NOW + MILLISECOND), True, id="last moment"),
        pytest.param(challenge(expires_at=NOW), False, id="expired this moment"),
        pytest.param(challenge(used_at=NOW), False, id="used just now"),
        pytest.param(
            challenge(used_at=NOW - RESUME_AFTER + MILLISECOND), False, id="reserved"
        ),
        pytest.param(
            challenge(used_at=NOW - RESUME_AFTER), True, id="used without effect"
        ),
        pytest.param(
            challenge(used_at=NOW - RESUME_AFTER, done_at=NOW), False, id="effect done"
        ),
        pytest.param(challenge(attempts=5), True, id="attempts play no part"),
    ],
)
def test_a_challenge_is_open(row: Challenge, expected: bool) -> None:
    assert is_open(row, now=NOW) is expected


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        pytest.param(challenge(), True, id="fresh"),
        pytest.param(challenge(superseded_at=NOW), False, id="superseded"),
        pytest.param(challenge(used_at=NOW, done_at=NOW), False, id="done"),
        pytest.param(challenge(expires_at=NOW + MILLISECOND), True, id="last moment"),
        pytest.param(challenge(expires_at=NOW), False, id="expired this moment"),
        pytest.param(challenge(used_at=NOW), True, id="effect outstanding"),
        pytest.param(challenge(attempts=4), True, id="one attempt left"),
        pytest.param(challenge(attempts=5), False, id="no attempt left"),
        pytest.param(challenge(attempts=6), False, id="more than the most"),
    ],
)
def test_a_proof_may_be_compared(row: Challenge, expected: bool) -> None:
    assert may_try(row, now=NOW) is expected


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        pytest.param(challenge(resend_at=NOW), True, id="cooled down this moment"),
        pytest.param(challenge(resend_at=NOW + MILLISECOND), False, id="too soon"),
        pytest.param(
            challenge(resend_at=NOW, superseded_at=NOW), False, id="superseded"
        ),
        pytest.param(challenge(resend_at=NOW, used_at=NOW), False, id="used"),
        pytest.param(
            challenge(resend_at=NOW, used_at=NOW - MINUTE), False, id="used long ago"
        ),
        pytest.param(
            challenge(resend_at=NOW, expires_at=NOW), False, id="expired this moment"
        ),
        pytest.param(
            challenge(resend_at=NOW, expires_at=NOW + MILLISECOND),
            True,
            id="last moment",
        ),
        pytest.param(challenge(resend_at=NOW, attempts=5), True, id="attempts used up"),
    ],
)
def test_a_new_code_may_be_sent(row: Challenge, expected: bool) -> None:
    assert may_renew(row, now=NOW) is expected


def test_a_strangers_mail_is_counted_by_client_by_network_and_by_address() -> None:
    counted = counted_sends(
        Purpose.PASSWORD_RESET,
        "ada@example.com",
        client="2001:db8::7",
        device=None,
        cooldown=MINUTE,
    )

    assert [(limit.name, limit.count, subject) for limit, subject in counted] == [
        (
            "sends-in-a-row",
            1,
            ("password-reset", "ada@example.com", "2001:db8::/64"),
        ),
        ("sends-by-pair", 5, ("ada@example.com", "2001:db8::/64")),
        ("sends-by-network", 10, ("ada@example.com", "2001:db8::/48")),
        ("sends-by-address", 20, ("ada@example.com", "stranger")),
    ]


def test_what_a_known_device_asks_for_is_counted_apart() -> None:
    counted = counted_sends(
        Purpose.PASSWORD_RESET,
        "ada@example.com",
        client="2001:db8::7",
        device="known",
        cooldown=30 * SECOND,
    )

    assert [subject[-1] for _, subject in counted] == ["known"] * 3
    assert counted[0][0].period == 30 * SECOND


DELAYS = st.sampled_from([MILLISECOND, MINUTE, 5 * HOUR, DAY - MILLISECOND, DAY])


@pytest.mark.attack("D3")
@given(st.lists(DELAYS, max_size=60))
async def test_in_no_24_hours_is_an_address_sent_more_than_five_short_codes(
    delays: list[timedelta],
) -> None:
    limiter, sent, now = Limiter(), list[datetime](), NOW
    for delay in delays:
        while await limiter.hit(b"key", SHORT_CODES, now=now) is None:
            sent.append(now)
        now += delay

    sixths = zip(sent, sent[5:], strict=False)
    assert all(sixth - first >= DAY for first, sixth in sixths)


def test_without_a_cooldown_mails_may_follow_each_other() -> None:
    counted = counted_sends(
        Purpose.PASSWORD_RESET,
        "ada@example.com",
        client="192.0.2.7",
        device=None,
        cooldown=0 * SECOND,
    )

    assert [limit.name for limit, _ in counted] == ["sends-by-pair", "sends-by-address"]

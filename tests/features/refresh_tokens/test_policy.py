"""What may be done with a refresh token."""

from datetime import timedelta
from functools import partial

import pytest

from keywright.features.refresh_tokens.policy import expiry, judge
from keywright.features.refresh_tokens.types import RefreshFamily, Verdict
from keywright.shared.secrets import new_id
from tests.features.refresh_tokens.builders import family, presented
from tests.instants import DAY, MILLISECOND, NOW, SECOND

WINDOW = 10 * SECOND
NO_WINDOW = timedelta(0)
NEWEST, BEFORE, OLDER = b"n" * 32, b"b" * 32, b"o" * 32


kept = partial(family, current_digest=NEWEST, previous_digest=BEFORE)


@pytest.mark.parametrize(
    ("row", "shown", "expected"),
    [
        pytest.param(kept(), NEWEST, Verdict.ROTATE, id="newest"),
        pytest.param(
            kept(previous_digest=b""), NEWEST, Verdict.ROTATE, id="first rotation"
        ),
        pytest.param(
            kept(idle_expires_at=NOW + MILLISECOND, expires_at=NOW + MILLISECOND),
            NEWEST,
            Verdict.ROTATE,
            id="last moment",
        ),
        pytest.param(kept(revoked_at=NOW), NEWEST, Verdict.ENDED, id="revoked"),
        pytest.param(kept(revoked_at=NOW), BEFORE, Verdict.ENDED, id="revoked, before"),
        pytest.param(kept(idle_expires_at=NOW), NEWEST, Verdict.ENDED, id="idle"),
        pytest.param(kept(expires_at=NOW), NEWEST, Verdict.ENDED, id="expired"),
        pytest.param(kept(epoch=1), NEWEST, Verdict.ENDED, id="newer epoch"),
        pytest.param(kept(epoch=-1), NEWEST, Verdict.ENDED, id="older epoch"),
        pytest.param(
            kept(rotated_at=NOW - WINDOW), BEFORE, Verdict.RETRY, id="end of window"
        ),
        pytest.param(
            kept(rotated_at=NOW - WINDOW - MILLISECOND),
            BEFORE,
            Verdict.REUSED,
            id="after the window",
        ),
        pytest.param(
            kept(rotated_at=NOW + SECOND), BEFORE, Verdict.RETRY, id="clocks apart"
        ),
        pytest.param(kept(), OLDER, Verdict.REUSED, id="two behind"),
        pytest.param(
            kept(previous_digest=b""), OLDER, Verdict.REUSED, id="never rotated"
        ),
    ],
)
def test_a_token_is_judged(row: RefreshFamily, shown: bytes, expected: Verdict) -> None:
    token = presented(row, digest=shown)

    assert judge(row, token, epoch=0, now=NOW, window=WINDOW) is expected


@pytest.mark.parametrize("since", [timedelta(0), MILLISECOND, WINDOW])
def test_without_a_window_the_one_before_is_always_reused(since: timedelta) -> None:
    row = kept(rotated_at=NOW - since)
    token = presented(row, digest=BEFORE)

    assert judge(row, token, epoch=0, now=NOW, window=NO_WINDOW) is Verdict.REUSED


def test_a_token_of_another_user_ends_there() -> None:
    row = kept()
    token = presented(row, user_id=new_id())

    assert judge(row, token, epoch=0, now=NOW, window=WINDOW) is Verdict.ENDED


@pytest.mark.parametrize(
    ("issued_after", "expected"),
    [
        pytest.param(MILLISECOND, Verdict.LOST_WRITE, id="newer than the row"),
        pytest.param(timedelta(0), Verdict.REUSED, id="as old as the row"),
        pytest.param(-MILLISECOND, Verdict.REUSED, id="older than the row"),
    ],
)
def test_an_unknown_digest_is_judged_by_its_age(
    issued_after: timedelta, expected: Verdict
) -> None:
    row = kept(rotated_at=NOW)
    token = presented(row, digest=OLDER, issued_at=NOW + issued_after)

    assert judge(row, token, epoch=0, now=NOW, window=WINDOW) is expected


@pytest.mark.parametrize(("idle", "absolute"), [(1, 2), (2, 1), (1, 1)])
def test_a_family_expires_at_the_nearer_limit(idle: int, absolute: int) -> None:
    row = kept(idle_expires_at=NOW + idle * DAY, expires_at=NOW + absolute * DAY)

    assert expiry(row) == NOW + DAY

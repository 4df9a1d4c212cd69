"""What holds for the verdict over any token, whatever the row and the instant."""

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from keywright.features.refresh_tokens.policy import expiry, judge
from keywright.features.refresh_tokens.types import Presented, RefreshFamily, Verdict
from keywright.shared.secrets import new_id
from tests.features.refresh_tokens.builders import family
from tests.instants import DAY, MILLISECOND, NOW, SECOND

USERS = [new_id(), new_id()]
DIGESTS = [b"", *(bytes([number]) * 32 for number in range(3))]
OFFSETS = st.sampled_from(
    [0 * SECOND, MILLISECOND, SECOND, 10 * SECOND, 11 * SECOND, DAY, 8 * DAY]
)
INSTANTS = st.builds(
    lambda offset, sign: NOW + sign * offset, OFFSETS, st.sampled_from([-1, 1])
)
FAMILIES = st.builds(
    family,
    user_id=st.sampled_from(USERS),
    current_digest=st.sampled_from(DIGESTS[1:]),
    previous_digest=st.sampled_from(DIGESTS),
    rotated_at=INSTANTS,
    epoch=st.integers(0, 1),
    idle_expires_at=INSTANTS,
    expires_at=INSTANTS,
    revoked_at=st.none() | INSTANTS,
)
TOKENS = st.builds(
    Presented,
    family_id=st.just(USERS[0]),
    user_id=st.sampled_from(USERS),
    digest=st.sampled_from(DIGESTS[1:]),
    issued_at=INSTANTS,
)
WINDOWS = st.sampled_from([0 * SECOND, 10 * SECOND, 60 * SECOND])


@given(FAMILIES, TOKENS, st.integers(0, 1), INSTANTS, WINDOWS)
def test_a_token_is_renewed_only_while_everything_is_right(
    row: RefreshFamily,
    token: Presented,
    epoch: int,
    now: datetime,
    window: timedelta,
) -> None:
    verdict = judge(row, token, epoch=epoch, now=now, window=window)

    is_right = (
        row.revoked_at is None
        and now < expiry(row)
        and row.epoch == epoch
        and row.user_id == token.user_id
    )
    assert (verdict is Verdict.ENDED) is not is_right
    if verdict is Verdict.ROTATE:
        assert token.digest == row.current_digest
    if verdict is Verdict.RETRY:
        assert token.digest == row.previous_digest
        assert now - row.rotated_at <= window
        assert window


@given(FAMILIES, TOKENS, INSTANTS, OFFSETS)
def test_what_has_ended_never_comes_back(
    row: RefreshFamily, token: Presented, now: datetime, later: timedelta
) -> None:
    window = 10 * SECOND
    ended = judge(row, token, epoch=0, now=now, window=window) is Verdict.ENDED

    verdict = judge(row, token, epoch=0, now=now + later, window=window)

    assert verdict is Verdict.ENDED or not ended


@given(FAMILIES, TOKENS, INSTANTS, WINDOWS)
def test_of_a_rotation_the_token_is_the_predecessor(
    row: RefreshFamily, token: Presented, now: datetime, window: timedelta
) -> None:
    token = replace(token, digest=row.current_digest)
    if judge(row, token, epoch=row.epoch, now=now, window=window) is not Verdict.ROTATE:
        return
    rotated = replace(
        row,
        current_digest=b"s" * 32,
        previous_digest=token.digest,
        rotated_at=now,
        idle_expires_at=now + 7 * DAY,
    )

    again = judge(rotated, token, epoch=row.epoch, now=now, window=window)

    assert again is (Verdict.RETRY if window else Verdict.REUSED)

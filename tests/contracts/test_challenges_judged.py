"""Challenges: what the policies say of random rows, every store does."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from keywright.features.challenges.policy import is_open, may_renew, may_try
from keywright.features.challenges.types import RESUME_AFTER, Challenge
from keywright.shared.secrets import random_bytes
from tests.contracts.draws import drawn, maybe, near
from tests.contracts.stores import Stores
from tests.features.challenges.builders import challenge
from tests.features.outbox.builders import letter
from tests.instants import DAY, MINUTE, NOW

STORE = "challenges"

rows = st.builds(
    challenge,
    id=st.builds(random_bytes, st.just(16)),
    subject=st.just(None),
    created_at=st.just(NOW - DAY),
    expires_at=near(NOW),
    resend_at=st.one_of(st.just(NOW - MINUTE), near(NOW)),
    attempts=st.integers(0, 6),
    used_at=maybe(st.one_of(near(NOW - RESUME_AFTER), near(NOW))),
    done_at=maybe(near(NOW)),
    superseded_at=maybe(near(NOW)),
)


@drawn
@given(row=rows)
async def test_a_challenge_is_consumed_exactly_when_it_is_open(
    stores: Stores, row: Challenge
) -> None:
    await stores.challenges.issue(row, letter=None)

    consumed = await stores.challenges.consume(row.id, now=NOW)

    assert consumed is is_open(row, now=NOW)
    after = replace(row, used_at=NOW) if consumed else row
    assert await stores.challenges.by_id(row.id) == after


@drawn
@given(row=rows)
async def test_an_attempt_is_counted_exactly_when_it_may_be_made(
    stores: Stores, row: Challenge
) -> None:
    await stores.challenges.issue(row, letter=None)

    counted = await stores.challenges.count_attempt(row.id, now=NOW)

    after = replace(row, attempts=row.attempts + 1) if may_try(row, now=NOW) else row
    assert counted == (after if may_try(row, now=NOW) else None)
    assert await stores.challenges.by_id(row.id) == after


@drawn
@given(row=rows)
async def test_a_code_is_sent_again_exactly_when_it_may_be(
    stores: Stores, row: Challenge
) -> None:
    await stores.challenges.issue(row, letter=None)
    note = letter()
    after = replace(
        row,
        proof=b"n" * 32,
        attempts=0,
        resend_at=NOW + MINUTE,
        expires_at=NOW + DAY,
    )

    renewed = await stores.challenges.renew(
        row.id,
        proof=after.proof,
        now=NOW,
        resend_at=after.resend_at,
        expires_at=after.expires_at,
        letter=note,
    )

    assert renewed is may_renew(row, now=NOW)
    assert await stores.challenges.by_id(row.id) == (after if renewed else row)
    assert await stores.letter(note.id) == (note if renewed else None)

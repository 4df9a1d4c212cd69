"""Challenges: the contract of every store of them."""

from dataclasses import replace

import pytest

from keywright.features.challenges.store import ChallengeStore
from keywright.features.challenges.types import RESUME_AFTER, Challenge, Purpose
from keywright.shared.secrets import new_id, random_bytes
from tests.contracts.races import race, winners
from tests.contracts.stores import Stores
from tests.features.challenges.builders import challenge
from tests.features.outbox.builders import letter
from tests.instants import DAY, MILLISECOND, MINUTE, NOW

STORE = "challenges"
LATER = NOW + MINUTE


@pytest.fixture
def challenges(stores: Stores) -> ChallengeStore:
    return stores.challenges


async def issued(challenges: ChallengeStore, row: Challenge) -> Challenge:
    """Issue *row* without a letter, and return it."""
    await challenges.issue(row, letter=None)
    return row


async def test_a_challenge_comes_back(challenges: ChallengeStore) -> None:
    row = await issued(challenges, challenge())

    assert await challenges.by_id(row.id) == row


async def test_every_member_is_kept(challenges: ChallengeStore) -> None:
    row = await issued(
        challenges,
        Challenge(
            id=random_bytes(16),
            purpose=Purpose.RESET_TOKEN,
            subject=new_id(),
            proof=random_bytes(32),
            max_attempts=9,
            created_at=NOW + MILLISECOND,
            expires_at=NOW + 2 * MILLISECOND,
            resend_at=NOW + 3 * MILLISECOND,
            data="v1.key." + "n" * 2000,
            attempts=4,
            used_at=NOW + 5 * MILLISECOND,
            done_at=NOW + 6 * MILLISECOND,
            superseded_at=NOW + 7 * MILLISECOND,
        ),
    )

    assert await challenges.by_id(row.id) == row


@pytest.mark.parametrize("purpose", Purpose)
async def test_every_purpose_is_kept(
    challenges: ChallengeStore, purpose: Purpose
) -> None:
    row = await issued(challenges, challenge(purpose=purpose))

    assert await challenges.by_id(row.id) == row


async def test_an_unknown_flow_is_not_found(challenges: ChallengeStore) -> None:
    assert await challenges.by_id(random_bytes(16)) is None


async def test_flows_differ_in_every_byte(challenges: ChallengeStore) -> None:
    zeros = await issued(challenges, challenge(id=bytes(16)))
    spaces = await issued(challenges, challenge(id=b" " * 16))
    letters = await issued(challenges, challenge(id=b"a" * 16))
    capitals = await issued(challenges, challenge(id=b"A" * 16))

    for row in (zeros, spaces, letters, capitals):
        assert await challenges.by_id(row.id) == row


async def test_an_issue_records_its_letter(stores: Stores) -> None:
    note = letter()
    await stores.challenges.issue(challenge(), letter=note)

    assert await stores.letter(note.id) == note


async def test_an_issue_supersedes_the_one_before(challenges: ChallengeStore) -> None:
    row = await issued(challenges, challenge())
    newer = await issued(challenges, challenge(subject=row.subject, created_at=LATER))

    assert await challenges.by_id(row.id) == replace(row, superseded_at=LATER)
    assert await challenges.by_id(newer.id) == newer


async def test_a_used_challenge_whose_effect_is_outstanding_is_superseded(
    challenges: ChallengeStore,
) -> None:
    row = await issued(challenges, challenge())
    await challenges.consume(row.id, now=NOW)
    await issued(challenges, challenge(subject=row.subject, created_at=LATER))

    assert not await challenges.consume(row.id, now=NOW + RESUME_AFTER)


async def test_an_issue_leaves_what_is_done(challenges: ChallengeStore) -> None:
    row = await issued(challenges, challenge())
    await challenges.consume(row.id, now=NOW)
    await challenges.finish(row.id, now=NOW)
    await issued(challenges, challenge(subject=row.subject, created_at=LATER))

    assert await challenges.by_id(row.id) == replace(row, used_at=NOW, done_at=NOW)


async def test_an_issue_leaves_the_instant_of_an_earlier_one(
    challenges: ChallengeStore,
) -> None:
    row = await issued(challenges, challenge())
    await issued(challenges, challenge(subject=row.subject, created_at=LATER))
    await issued(challenges, challenge(subject=row.subject, created_at=LATER + MINUTE))

    assert await challenges.by_id(row.id) == replace(row, superseded_at=LATER)


async def test_an_issue_leaves_other_purposes_and_subjects(
    challenges: ChallengeStore,
) -> None:
    row = await issued(challenges, challenge())
    await issued(
        challenges, challenge(subject=row.subject, purpose=Purpose.PASSWORD_RESET)
    )
    await issued(challenges, challenge())

    assert await challenges.by_id(row.id) == row


async def test_without_a_subject_nothing_is_superseded(
    challenges: ChallengeStore,
) -> None:
    row = await issued(challenges, challenge(subject=None))
    await issued(challenges, challenge(subject=None))
    await issued(challenges, challenge())

    assert await challenges.by_id(row.id) == row


async def test_of_many_concurrent_issues_one_stays_open(stores: Stores) -> None:
    subject = new_id()
    rows = [challenge(subject=subject) for _ in range(16)]
    notes = [letter() for _ in rows]

    async def issue(number: int) -> None:
        await stores.challenges.issue(rows[number], letter=notes[number])

    await race(issue, racers=16)

    consumed = [await stores.challenges.consume(row.id, now=LATER) for row in rows]
    assert sum(consumed) == 1
    assert all([await stores.letter(note.id) for note in notes])


async def test_an_issue_supersedes_only_what_is_in_its_lane(
    challenges: ChallengeStore,
) -> None:
    subject, lane = new_id(), new_id()
    rows = [challenge(subject=subject) for _ in range(4)]
    for row, chosen in zip(rows, (lane, new_id(), None, lane), strict=True):
        await challenges.issue(row, letter=None, lane=chosen)

    assert await challenges.by_id(rows[0].id) == replace(rows[0], superseded_at=NOW)
    for row in rows[1:]:
        assert await challenges.by_id(row.id) == row


async def test_lanes_of_different_purposes_do_not_meet(
    challenges: ChallengeStore,
) -> None:
    subject, lane = new_id(), new_id()
    rows = [
        challenge(subject=subject, purpose=purpose)
        for purpose in (Purpose.PASSWORD_RESET, Purpose.RESET_TOKEN)
    ]
    for row in rows:
        await challenges.issue(row, letter=None, lane=lane)

    for row in rows:
        assert await challenges.by_id(row.id) == row


async def test_of_many_concurrent_issues_one_of_each_lane_stays_open(
    stores: Stores,
) -> None:
    subject, lanes = new_id(), (new_id(), new_id())
    rows = [challenge(subject=subject) for _ in range(16)]

    async def issue(number: int) -> None:
        lane = lanes[number % 2]
        await stores.challenges.issue(rows[number], letter=None, lane=lane)

    await race(issue, racers=16)

    opened = [await stores.challenges.consume(row.id, now=LATER) for row in rows]
    assert (sum(opened[::2]), sum(opened[1::2])) == (1, 1)


async def test_an_attempt_is_counted_then_read(challenges: ChallengeStore) -> None:
    row = await issued(challenges, challenge())

    assert await challenges.count_attempt(row.id, now=LATER) == replace(row, attempts=1)
    assert await challenges.count_attempt(row.id, now=LATER) == replace(row, attempts=2)
    assert await challenges.by_id(row.id) == replace(row, attempts=2)


async def test_attempts_of_an_unknown_flow_are_not_counted(
    challenges: ChallengeStore,
) -> None:
    assert await challenges.count_attempt(random_bytes(16), now=LATER) is None


async def test_attempts_without_a_subject_are_counted_too(
    challenges: ChallengeStore,
) -> None:
    row = await issued(challenges, challenge(subject=None))

    assert await challenges.count_attempt(row.id, now=LATER) == replace(row, attempts=1)


async def test_of_many_concurrent_attempts_no_more_than_allowed_are_counted(
    challenges: ChallengeStore,
) -> None:
    row = await issued(challenges, challenge(max_attempts=5))

    async def attempt(_: int) -> Challenge | None:
        return await challenges.count_attempt(row.id, now=LATER)

    counted = [one.attempts for one in await race(attempt) if one is not None]

    assert sorted(counted) == [1, 2, 3, 4, 5]
    assert await challenges.by_id(row.id) == replace(row, attempts=5)


async def test_a_use_is_marked(challenges: ChallengeStore) -> None:
    row = await issued(challenges, challenge())

    assert await challenges.consume(row.id, now=LATER)
    assert await challenges.by_id(row.id) == replace(row, used_at=LATER)


async def test_an_unknown_flow_is_not_consumed(challenges: ChallengeStore) -> None:
    assert not await challenges.consume(random_bytes(16), now=LATER)


async def test_of_many_concurrent_uses_exactly_one_wins(
    challenges: ChallengeStore,
) -> None:
    row = await issued(challenges, challenge())

    async def consume(_: int) -> bool:
        return await challenges.consume(row.id, now=LATER)

    assert len(winners(await race(consume))) == 1


async def test_of_many_concurrent_resumptions_exactly_one_wins(
    challenges: ChallengeStore,
) -> None:
    row = await issued(challenges, challenge())
    await challenges.consume(row.id, now=NOW)

    async def consume(_: int) -> bool:
        return await challenges.consume(row.id, now=NOW + RESUME_AFTER)

    assert len(winners(await race(consume))) == 1


async def test_an_effect_is_done_once(challenges: ChallengeStore) -> None:
    row = await issued(challenges, challenge())
    await challenges.consume(row.id, now=NOW)

    assert await challenges.finish(row.id, now=LATER)
    assert not await challenges.finish(row.id, now=LATER + MINUTE)
    assert await challenges.by_id(row.id) == replace(row, used_at=NOW, done_at=LATER)


async def test_of_many_concurrent_effects_exactly_one_is_the_first(
    challenges: ChallengeStore,
) -> None:
    row = await issued(challenges, challenge(used_at=NOW))

    async def finish(_: int) -> bool:
        return await challenges.finish(row.id, now=LATER)

    assert len(winners(await race(finish))) == 1


async def test_an_unused_or_unknown_challenge_has_no_effect(
    challenges: ChallengeStore,
) -> None:
    row = await issued(challenges, challenge())

    assert not await challenges.finish(row.id, now=LATER)
    assert not await challenges.finish(random_bytes(16), now=LATER)
    assert await challenges.by_id(row.id) == row


async def test_the_effect_of_a_superseded_challenge_can_be_done(
    challenges: ChallengeStore,
) -> None:
    row = await issued(challenges, challenge(used_at=NOW, superseded_at=NOW))

    assert await challenges.finish(row.id, now=LATER)


async def renewed(
    stores: Stores, row: Challenge, *, number: int = 0, note: bool = True
) -> tuple[bool, Challenge, bool]:
    """Renew *row*; return if it was, what it would be then, if a letter is there."""
    after = replace(
        row,
        proof=random_bytes(32),
        attempts=0,
        resend_at=LATER + MINUTE,
        expires_at=LATER + 10 * MINUTE + number * MILLISECOND,
    )
    mail = letter()
    done = await stores.challenges.renew(
        row.id,
        proof=after.proof,
        now=LATER,
        resend_at=after.resend_at,
        expires_at=after.expires_at,
        letter=mail if note else None,
    )
    return done, after, await stores.letter(mail.id) == mail


async def test_a_renewal_replaces_the_proof_and_records_its_letter(
    stores: Stores,
) -> None:
    row = await issued(stores.challenges, challenge(attempts=3))
    done, after, is_recorded = await renewed(stores, row)

    assert (done, is_recorded) == (True, True)
    assert await stores.challenges.by_id(row.id) == after


async def test_a_renewal_needs_no_letter(stores: Stores) -> None:
    row = await issued(stores.challenges, challenge())
    done, after, _ = await renewed(stores, row, note=False)

    assert done
    assert await stores.challenges.by_id(row.id) == after


async def test_a_renewal_too_soon_changes_and_sends_nothing(stores: Stores) -> None:
    row = await issued(
        stores.challenges, challenge(resend_at=LATER + MILLISECOND, attempts=3)
    )
    done, _, is_recorded = await renewed(stores, row)

    assert (done, is_recorded) == (False, False)
    assert await stores.challenges.by_id(row.id) == row


async def test_an_unknown_flow_is_not_renewed(stores: Stores) -> None:
    done, _, is_recorded = await renewed(stores, challenge())

    assert (done, is_recorded) == (False, False)


async def test_of_many_concurrent_renewals_exactly_one_sends(stores: Stores) -> None:
    row = await issued(stores.challenges, challenge())

    async def renew(number: int) -> tuple[bool, Challenge, bool]:
        return await renewed(stores, row, number=number)

    results = await race(renew)
    [winner] = winners([done for done, _, _ in results])

    assert winners([is_recorded for _, _, is_recorded in results]) == [winner]
    assert await stores.challenges.by_id(row.id) == results[winner][1]


async def test_challenges_go_after_they_expired(challenges: ChallengeStore) -> None:
    gone = await issued(challenges, challenge(expires_at=NOW))
    stays = await issued(challenges, challenge(expires_at=NOW + MILLISECOND))

    assert await challenges.purge(before=NOW + MILLISECOND) == 1
    assert await challenges.by_id(gone.id) is None
    assert await challenges.by_id(stays.id) == stays


@pytest.mark.long
async def test_no_more_than_a_thousand_go_at_once(challenges: ChallengeStore) -> None:
    for _ in range(1002):
        await issued(challenges, challenge(subject=None))

    purged = [await challenges.purge(before=NOW + DAY) for _ in range(3)]

    assert purged == [1000, 2, 0]


async def test_nothing_about_a_subject_that_is_forgotten_stays(
    challenges: ChallengeStore,
) -> None:
    opened = await issued(challenges, challenge())
    subject = opened.subject
    assert subject is not None
    newer = await issued(challenges, challenge(subject=subject))
    done = await issued(
        challenges,
        challenge(subject=subject, purpose=Purpose.DELETION, used_at=NOW, done_at=NOW),
    )
    other, nobodys = challenge(), challenge(subject=None)
    for row in (other, nobodys):
        await issued(challenges, row)

    await challenges.forget(subject)
    await challenges.forget(subject)

    assert [await challenges.by_id(row.id) for row in (opened, newer, done)] == [
        None,
        None,
        None,
    ]
    assert await challenges.by_id(other.id) == other
    assert await challenges.by_id(nobodys.id) == nobodys


async def test_a_subject_that_was_forgotten_may_be_asked_again(
    challenges: ChallengeStore,
) -> None:
    row = await issued(challenges, challenge())
    assert row.subject is not None
    await challenges.forget(row.subject)
    newer = await issued(challenges, challenge(subject=row.subject))

    assert await challenges.by_id(newer.id) == newer
    assert await challenges.consume(newer.id, now=LATER)

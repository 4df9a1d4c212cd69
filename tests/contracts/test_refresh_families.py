"""Families: the contract of every store of them."""

from contextlib import suppress
from dataclasses import replace

import pytest

from keywright.features.outbox.types import LetterStatus
from keywright.features.refresh_tokens.store import RefreshFamilyStore
from keywright.features.refresh_tokens.types import RefreshFamily
from keywright.features.sessions.errors import SessionEnded
from keywright.features.sessions.types import Device, EndReason
from keywright.features.users.types import User
from keywright.shared.secrets import new_id, random_bytes
from tests.contracts.backend import Backend
from tests.contracts.races import race, winners
from tests.contracts.stores import Stores
from tests.features.outbox.builders import letter
from tests.features.refresh_tokens.builders import family, presented, session_of
from tests.features.users.builders import user
from tests.instants import DAY, HOUR, MILLISECOND, MINUTE, NOW

STORE = "families"
LATER = NOW + MINUTE
IDLE = LATER + 7 * DAY


async def added(stores: Stores, **members: object) -> tuple[RefreshFamily, User]:
    """Add a family, and the user it is of."""
    owner = user()
    await stores.users.add(owner)
    row = replace(family(user_id=owner.id), **members)  # type: ignore[arg-type]  # by name
    await stores.families.add(row, session_of(row))
    return row, owner


async def rotated(families: RefreshFamilyStore, row: RefreshFamily) -> bool:
    """Rotate the newest token of *row*."""
    return await families.rotate(
        presented(row),
        epoch=row.epoch,
        successor=random_bytes(32),
        now=LATER,
        idle_expires_at=IDLE,
    )


async def test_a_family_comes_back_with_its_user(stores: Stores) -> None:
    row, owner = await added(stores)

    assert await stores.families.by_id(row.id, owner.id) == (row, owner)


async def test_the_user_comes_back_as_it_is_now(stores: Stores) -> None:
    row, owner = await added(stores)
    await stores.users.replace_password(
        owner.id, "another", epoch=0, now=LATER, letter=None
    )

    found = await stores.families.by_id(row.id, owner.id)

    assert found is not None
    assert found == (row, await stores.users.by_id(owner.id))
    assert found[1].epoch == 1


async def test_every_member_of_a_family_is_kept(stores: Stores) -> None:
    row, owner = await added(
        stores,
        previous_digest=random_bytes(32),
        rotated_at=NOW + MILLISECOND,
        epoch=7,
        idle_expires_at=NOW + HOUR + MILLISECOND,
        expires_at=NOW + DAY + MILLISECOND,
        created_at=NOW - DAY,
        revoked_at=NOW + MINUTE,
        revoked_reason=EndReason.ENDED_BY_OPERATOR,
    )

    assert await stores.families.by_id(row.id, owner.id) == (row, owner)


async def test_an_unknown_family_is_not_found(stores: Stores) -> None:
    _, owner = await added(stores)

    assert await stores.families.by_id(new_id(), owner.id) is None


async def test_a_family_of_another_user_is_not_found(stores: Stores) -> None:
    row, _ = await added(stores)
    _, stranger = await added(stores)

    assert await stores.families.by_id(row.id, stranger.id) is None


async def test_a_family_without_its_user_is_not_found(stores: Stores) -> None:
    row, owner = await added(stores)
    await stores.users.remove(owner.id)

    assert await stores.families.by_id(row.id, owner.id) is None


async def test_a_rotation_moves_the_newest_digest_back(stores: Stores) -> None:
    row, owner = await added(stores)
    successor = random_bytes(32)

    assert await stores.families.rotate(
        presented(row),
        epoch=0,
        successor=successor,
        now=LATER,
        idle_expires_at=IDLE,
    )

    after = replace(
        row,
        current_digest=successor,
        previous_digest=row.current_digest,
        rotated_at=LATER,
        idle_expires_at=IDLE,
    )
    assert await stores.families.by_id(row.id, owner.id) == (after, owner)


async def test_a_token_rotates_once(stores: Stores) -> None:
    row, _ = await added(stores)

    assert await rotated(stores.families, row)
    assert not await rotated(stores.families, row)


async def test_a_token_of_an_unknown_family_does_not_rotate(
    stores: Stores,
) -> None:
    assert not await rotated(stores.families, family())


async def test_rotations_follow_each_other(stores: Stores) -> None:
    row, owner = await added(stores)
    for _ in range(3):
        assert await rotated(stores.families, row)
        found = await stores.families.by_id(row.id, owner.id)
        assert found is not None
        row = found[0]


async def test_of_many_concurrent_rotations_exactly_one_wins(stores: Stores) -> None:
    row, owner = await added(stores)
    successors = [random_bytes(32) for _ in range(64)]

    async def rotate(number: int) -> bool:
        return await stores.families.rotate(
            presented(row),
            epoch=0,
            successor=successors[number],
            now=LATER,
            idle_expires_at=IDLE,
        )

    [winner] = winners(await race(rotate))
    found = await stores.families.by_id(row.id, owner.id)

    assert found is not None
    assert found[0].current_digest == successors[winner]
    assert found[0].previous_digest == row.current_digest


async def test_a_rotation_and_an_end_leave_an_ended_family(stores: Stores) -> None:
    row, owner = await added(stores)

    async def act(number: int) -> bool:
        if number % 2:
            return await rotated(stores.families, row)
        return await stores.families.end(
            row.id, owner.id, reason=EndReason.REUSED, now=LATER
        )

    await race(act, racers=16)
    found = await stores.families.by_id(row.id, owner.id)

    assert found is not None
    assert (found[0].revoked_at, found[0].revoked_reason) == (LATER, EndReason.REUSED)


async def test_live_sessions_are_listed_newest_first(stores: Stores) -> None:
    old, owner = await added(stores)
    new = family(user_id=owner.id, created_at=NOW + MINUTE)
    await stores.families.add(new, session_of(new))

    listed = await stores.families.of_user(owner.id, epoch=0, now=LATER)

    assert list(listed) == [session_of(new), session_of(old)]


async def test_sessions_of_one_instant_are_listed_by_id(stores: Stores) -> None:
    first, owner = await added(stores)
    others = [family(user_id=owner.id) for _ in range(5)]
    for other in others:
        await stores.families.add(other, session_of(other))

    listed = await stores.families.of_user(owner.id, epoch=0, now=LATER)

    ids = sorted((row.id for row in [first, *others]), reverse=True)
    assert [one.id for one in listed] == ids


async def test_every_member_of_a_session_is_kept(stores: Stores) -> None:
    owner = user()
    await stores.users.add(owner)
    row = family(user_id=owner.id, epoch=3)
    beside = replace(
        session_of(row),
        device=Device(user_agent="Ä “browser” 🦊/1.0", address="2001:db8::7"),
        amr=("pwd", "otp"),
    )
    await stores.families.add(row, beside)

    assert list(await stores.families.of_user(owner.id, epoch=3, now=LATER)) == [beside]


async def test_a_rotation_shows_in_the_session(stores: Stores) -> None:
    row, owner = await added(stores)
    await rotated(stores.families, row)

    [listed] = await stores.families.of_user(owner.id, epoch=0, now=LATER)

    assert listed == replace(session_of(row), last_seen_at=LATER, idle_expires_at=IDLE)


async def test_sessions_of_others_are_not_listed(stores: Stores) -> None:
    await added(stores)
    _, stranger = await added(stores)
    listed = await stores.families.of_user(stranger.id, epoch=0, now=LATER)

    assert [one.user_id for one in listed] == [stranger.id]


async def test_an_ended_session_keeps_its_family(stores: Stores) -> None:
    row, owner = await added(stores)

    assert await stores.families.end(
        row.id, owner.id, reason=EndReason.SIGNED_OUT, now=LATER
    )

    after = replace(row, revoked_at=LATER, revoked_reason=EndReason.SIGNED_OUT)
    assert await stores.families.by_id(row.id, owner.id) == (after, owner)
    assert not await stores.families.of_user(owner.id, epoch=0, now=LATER)


async def test_an_end_is_never_undone(stores: Stores) -> None:
    row, owner = await added(stores)
    end = stores.families.end
    await end(row.id, owner.id, reason=EndReason.SIGNED_OUT, now=NOW)

    assert not await end(row.id, owner.id, reason=EndReason.REUSED, now=LATER)
    assert not await rotated(stores.families, row)
    after = replace(row, revoked_at=NOW, revoked_reason=EndReason.SIGNED_OUT)
    assert await stores.families.by_id(row.id, owner.id) == (after, owner)


async def test_an_unknown_session_cannot_be_ended(stores: Stores) -> None:
    _, owner = await added(stores)

    assert not await stores.families.end(
        new_id(), owner.id, reason=EndReason.SIGNED_OUT, now=LATER
    )


async def test_nobody_ends_the_session_of_another_user(stores: Stores) -> None:
    row, owner = await added(stores)
    _, stranger = await added(stores)
    note = letter()

    assert not await stores.families.end(
        row.id, stranger.id, reason=EndReason.REUSED, now=LATER, letter=note
    )
    assert await stores.families.by_id(row.id, owner.id) == (row, owner)
    assert await stores.letter(note.id) is None


async def test_an_end_records_its_letter(stores: Stores) -> None:
    row, owner = await added(stores)
    note = letter()

    await stores.families.end(
        row.id, owner.id, reason=EndReason.REUSED, now=LATER, letter=note
    )

    assert await stores.letter(note.id) == note


async def test_a_decoy_is_recorded_as_one(stores: Stores) -> None:
    row, owner = await added(stores)
    note = letter(status=LetterStatus.DECOY)

    await stores.families.end(
        row.id, owner.id, reason=EndReason.REUSED, now=LATER, letter=note
    )

    assert await stores.letter(note.id) == note


async def test_of_many_concurrent_ends_exactly_one_wins_with_its_letter(
    stores: Stores,
) -> None:
    row, owner = await added(stores)
    notes = [letter() for _ in range(64)]

    async def end(number: int) -> bool:
        return await stores.families.end(
            row.id, owner.id, reason=EndReason.REUSED, now=LATER, letter=notes[number]
        )

    [winner] = winners(await race(end))
    recorded = [await stores.letter(note.id) for note in notes]

    assert winners(recorded) == [winner]


async def test_all_other_sessions_are_ended(stores: Stores) -> None:
    kept, owner = await added(stores)
    others = [family(user_id=owner.id) for _ in range(3)]
    for other in others:
        await stores.families.add(other, session_of(other))
    spared, stranger = await added(stores)

    ended = await stores.families.end_others(
        owner.id, keep=kept.id, reason=EndReason.ENDED_BY_USER, now=LATER
    )

    assert ended == 3
    listed = await stores.families.of_user(owner.id, epoch=0, now=LATER)
    assert [one.id for one in listed] == [kept.id]
    assert await stores.families.by_id(spared.id, stranger.id) == (spared, stranger)
    found = await stores.families.by_id(others[0].id, owner.id)
    assert found is not None
    assert found[0].revoked_reason == EndReason.ENDED_BY_USER


async def test_without_one_to_keep_every_session_is_ended(stores: Stores) -> None:
    _, owner = await added(stores)
    end_others = stores.families.end_others
    reason = EndReason.CREDENTIALS_CHANGED

    assert await end_others(owner.id, keep=None, reason=reason, now=LATER) == 1
    assert await end_others(owner.id, keep=None, reason=reason, now=LATER) == 0


async def test_concurrent_ends_of_all_others_end_each_once(stores: Stores) -> None:
    _, owner = await added(stores)
    for _ in range(4):
        other = family(user_id=owner.id)
        await stores.families.add(other, session_of(other))

    async def end(_: int) -> int:
        return await stores.families.end_others(
            owner.id, keep=None, reason=EndReason.ENDED_BY_USER, now=LATER
        )

    assert sum(await race(end, racers=8)) == 5


async def test_whoever_ends_a_session_announces_it(stores: Stores) -> None:
    row, owner = await added(stores)
    other, its_owner = await added(stores)
    reason = EndReason.SIGNED_OUT

    await stores.families.end(row.id, owner.id, reason=reason, now=LATER)
    await stores.families.end_others(its_owner.id, keep=None, reason=reason, now=LATER)

    assert set(await stores.ended.since(LATER)) == {row.id, other.id}


async def test_an_end_with_a_letter_is_announced_as_well(stores: Stores) -> None:
    row, owner = await added(stores)
    end = stores.families.end

    await end(row.id, owner.id, reason=EndReason.REUSED, now=LATER, letter=letter())

    assert await stores.ended.since(LATER) == [row.id]


async def test_what_is_not_ended_is_not_announced(stores: Stores) -> None:
    row, owner = await added(stores)
    _, stranger = await added(stores)
    reason = EndReason.SIGNED_OUT

    await stores.families.end(row.id, stranger.id, reason=reason, now=LATER)
    await stores.families.end(new_id(), owner.id, reason=reason, now=LATER)
    await stores.families.end_others(owner.id, keep=row.id, reason=reason, now=LATER)

    assert await stores.ended.since(NOW - DAY) == []


async def test_an_end_stays_announced_when_its_user_is_gone(stores: Stores) -> None:
    row, owner = await added(stores)
    reason = EndReason.ACCOUNT_CLOSED
    await stores.families.end_others(owner.id, keep=None, reason=reason, now=LATER)

    await stores.users.remove(owner.id)

    assert await stores.ended.since(LATER) == [row.id]


async def test_families_go_after_their_absolute_expiry(
    stores: Stores, kind: Backend
) -> None:
    gone, owner = await added(stores, expires_at=NOW + DAY)
    await added(stores, expires_at=NOW + DAY, revoked_at=NOW)
    stays, its_owner = await added(stores, expires_at=NOW + 2 * DAY, revoked_at=NOW)

    purged = await stores.families.purge(before=NOW + DAY + MILLISECOND)

    assert purged == (0 if kind.forgets else 2)
    assert await stores.families.by_id(stays.id, its_owner.id) == (stays, its_owner)
    if not kind.forgets:
        assert await stores.families.by_id(gone.id, owner.id) is None


async def test_a_family_stays_at_its_very_expiry(stores: Stores) -> None:
    row, owner = await added(stores, expires_at=NOW + DAY)

    assert await stores.families.purge(before=NOW + DAY) == 0
    assert await stores.families.by_id(row.id, owner.id) == (row, owner)


async def test_nothing_of_a_user_who_is_forgotten_stays(stores: Stores) -> None:
    opened, owner = await added(stores)
    ended = family(user_id=owner.id)
    await stores.families.add(ended, session_of(ended))
    await stores.families.end(
        ended.id, owner.id, reason=EndReason.SIGNED_OUT, now=LATER
    )
    spared, stranger = await added(stores)

    await stores.families.forget(owner.id)

    assert await stores.families.by_id(opened.id, owner.id) is None
    assert await stores.families.by_id(ended.id, owner.id) is None
    assert not await stores.families.of_user(owner.id, epoch=0, now=LATER)
    assert await stores.families.by_id(spared.id, stranger.id) == (spared, stranger)


async def test_an_ended_session_is_forgotten_long_after_it_left_the_list(
    stores: Stores,
) -> None:
    row, owner = await added(stores)
    await stores.families.end(row.id, owner.id, reason=EndReason.SIGNED_OUT, now=LATER)
    for days in range(3):
        at = LATER + days * DAY
        await stores.families.of_user(owner.id, epoch=0, now=at)

    await stores.families.forget(owner.id)

    assert await stores.families.by_id(row.id, owner.id) is None


async def test_to_forget_again_does_nothing(stores: Stores) -> None:
    row, owner = await added(stores)
    await stores.families.forget(owner.id)
    await stores.families.forget(owner.id)
    await stores.families.add(row, session_of(row))

    assert await stores.families.by_id(row.id, owner.id) == (row, owner)


async def test_a_session_of_a_user_who_is_gone_is_not_kept(stores: Stores) -> None:
    owner = user()
    await stores.users.add(owner)
    await stores.users.remove(owner.id)
    row = family(user_id=owner.id)

    with pytest.raises(SessionEnded):
        await stores.families.add(row, session_of(row))

    await stores.users.add(owner)
    assert await stores.families.by_id(row.id, owner.id) is None


async def test_of_sign_ins_and_a_removal_at_once_no_session_stays(
    stores: Stores,
) -> None:
    owner = user()
    await stores.users.add(owner)
    rows = [family(user_id=owner.id) for _ in range(15)]

    async def act(number: int) -> None:
        if number == len(rows):
            await stores.families.forget(owner.id)
            await stores.users.remove(owner.id)
            await stores.families.forget(owner.id)
        else:
            with suppress(SessionEnded):
                await stores.families.add(rows[number], session_of(rows[number]))

    await race(act, racers=len(rows) + 1)

    await stores.users.add(owner)
    kept = [await stores.families.by_id(row.id, owner.id) for row in rows]
    assert kept == [None] * len(rows)

"""Opaque sessions: the contract of every store of them."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keywright.features.sessions.errors import SessionEnded
from keywright.features.sessions.policy import is_live
from keywright.features.sessions.types import Device, EndReason, Session
from keywright.features.users.types import User
from keywright.shared.secrets import new_id, random_bytes
from tests.contracts.backend import Backend
from tests.contracts.draws import drawn, maybe, near
from tests.contracts.races import race, winners
from tests.contracts.stores import Stores
from tests.features.opaque_sessions.builders import presented
from tests.features.outbox.builders import letter
from tests.features.sessions.builders import session
from tests.features.users.builders import user
from tests.instants import DAY, HOUR, MILLISECOND, MINUTE, NOW

STORE = "sessions"
LATER = NOW + MINUTE
IDLE = LATER + 7 * DAY


async def added(stores: Stores, **members: object) -> tuple[Session, User, bytes]:
    """Add a session, and the user it is of; return the digest of its token too."""
    owner = user()
    await stores.users.add(owner)
    row = replace(session(user_id=owner.id), **members)  # type: ignore[arg-type]  # by name
    digest = random_bytes(32)
    await stores.sessions.add(row, digest)
    return row, owner, digest


async def another(stores: Stores, owner: User, **members: object) -> Session:
    """Add one more session of *owner*."""
    row = replace(session(user_id=owner.id), **members)  # type: ignore[arg-type]  # by name
    await stores.sessions.add(row, random_bytes(32))
    return row


async def test_a_session_comes_back_with_its_user(stores: Stores) -> None:
    row, owner, digest = await added(stores)

    assert await stores.sessions.by_token(presented(row, digest)) == (row, owner)


async def test_the_user_comes_back_as_it_is_now(stores: Stores) -> None:
    row, owner, digest = await added(stores)
    await stores.users.replace_password(
        owner.id, "another", epoch=0, now=LATER, letter=None
    )

    found = await stores.sessions.by_token(presented(row, digest))

    assert found is not None
    assert found[1].epoch == 1


async def test_every_member_of_a_session_is_kept(stores: Stores) -> None:
    row, owner, digest = await added(
        stores,
        device=Device(user_agent="Ä “browser” 🦊/1.0", address="2001:db8::7"),
        amr=("pwd", "otp"),
        epoch=7,
        created_at=NOW - DAY,
        last_seen_at=NOW + MILLISECOND,
        idle_expires_at=NOW + HOUR + MILLISECOND,
        expires_at=NOW + DAY + MILLISECOND,
        revoked_at=NOW + MINUTE,
        revoked_reason=EndReason.ENDED_BY_OPERATOR,
    )

    assert await stores.sessions.by_token(presented(row, digest)) == (row, owner)


async def test_an_unknown_session_is_not_found(stores: Stores) -> None:
    row, _, digest = await added(stores)

    unknown = replace(presented(row, digest), session_id=new_id())

    assert await stores.sessions.by_token(unknown) is None


async def test_a_session_is_not_found_by_another_digest(stores: Stores) -> None:
    row, _, _ = await added(stores)

    assert await stores.sessions.by_token(presented(row, random_bytes(32))) is None


async def test_a_session_is_not_found_by_another_user(stores: Stores) -> None:
    row, _, digest = await added(stores)
    _, stranger, _ = await added(stores)

    foreign = replace(presented(row, digest), user_id=stranger.id)

    assert await stores.sessions.by_token(foreign) is None


async def test_a_session_without_its_user_is_not_found(stores: Stores) -> None:
    row, owner, digest = await added(stores)
    await stores.users.remove(owner.id)

    assert await stores.sessions.by_token(presented(row, digest)) is None


async def test_use_moves_last_seen_and_the_idle_limit(stores: Stores) -> None:
    row, owner, digest = await added(stores)

    assert await stores.sessions.extend(row.id, seen_at=LATER, idle_expires_at=IDLE)

    after = replace(row, last_seen_at=LATER, idle_expires_at=IDLE)
    assert await stores.sessions.by_token(presented(row, digest)) == (after, owner)
    assert list(await stores.sessions.of_user(owner.id, epoch=0, now=LATER)) == [after]


async def test_last_seen_never_goes_back(stores: Stores) -> None:
    row, owner, digest = await added(stores)
    await stores.sessions.extend(row.id, seen_at=LATER, idle_expires_at=IDLE)

    for seen_at in (NOW, LATER):
        assert not await stores.sessions.extend(
            row.id, seen_at=seen_at, idle_expires_at=NOW + DAY
        )

    after = replace(row, last_seen_at=LATER, idle_expires_at=IDLE)
    assert await stores.sessions.by_token(presented(row, digest)) == (after, owner)


async def test_an_unknown_session_is_not_extended(stores: Stores) -> None:
    assert not await stores.sessions.extend(
        new_id(), seen_at=LATER, idle_expires_at=IDLE
    )


async def test_of_many_concurrent_uses_of_one_instant_exactly_one_is_written(
    stores: Stores,
) -> None:
    row, _, _ = await added(stores)

    async def use(_: int) -> bool:
        return await stores.sessions.extend(row.id, seen_at=LATER, idle_expires_at=IDLE)

    assert len(winners(await race(use))) == 1


async def test_a_use_and_an_end_leave_an_ended_session(stores: Stores) -> None:
    row, owner, digest = await added(stores)

    async def act(number: int) -> bool:
        if number % 2:
            seen_at = LATER + number * MILLISECOND
            return await stores.sessions.extend(
                row.id, seen_at=seen_at, idle_expires_at=IDLE
            )
        return await stores.sessions.end(
            row.id, owner.id, reason=EndReason.SIGNED_OUT, now=LATER
        )

    await race(act, racers=16)
    found = await stores.sessions.by_token(presented(row, digest))

    assert found is not None
    assert found[0].revoked_at == LATER


async def test_live_sessions_are_listed_newest_first(stores: Stores) -> None:
    old, owner, _ = await added(stores)
    new = await another(stores, owner, created_at=NOW + MINUTE)
    await added(stores)

    assert list(await stores.sessions.of_user(owner.id, epoch=0, now=LATER)) == [
        new,
        old,
    ]


async def test_sessions_of_one_instant_are_listed_by_id(stores: Stores) -> None:
    first, owner, _ = await added(stores)
    rows = [first, *[await another(stores, owner) for _ in range(5)]]

    listed = await stores.sessions.of_user(owner.id, epoch=0, now=LATER)

    ids = sorted((row.id for row in rows), reverse=True)
    assert [one.id for one in listed] == ids


async def test_an_end_is_never_undone(stores: Stores) -> None:
    row, owner, digest = await added(stores)
    end = stores.sessions.end

    assert await end(row.id, owner.id, reason=EndReason.SIGNED_OUT, now=NOW)
    assert not await end(row.id, owner.id, reason=EndReason.REUSED, now=LATER)
    assert not await stores.sessions.extend(row.id, seen_at=LATER, idle_expires_at=IDLE)
    after = replace(row, revoked_at=NOW, revoked_reason=EndReason.SIGNED_OUT)
    assert await stores.sessions.by_token(presented(row, digest)) == (after, owner)
    assert not await stores.sessions.of_user(owner.id, epoch=0, now=NOW)


async def test_nobody_ends_the_session_of_another_user(stores: Stores) -> None:
    row, owner, digest = await added(stores)
    _, stranger, _ = await added(stores)
    note = letter()

    assert not await stores.sessions.end(
        row.id, stranger.id, reason=EndReason.SIGNED_OUT, now=LATER, letter=note
    )
    assert await stores.sessions.by_token(presented(row, digest)) == (row, owner)
    assert await stores.letter(note.id) is None


async def test_an_unknown_session_cannot_be_ended(stores: Stores) -> None:
    _, owner, _ = await added(stores)

    assert not await stores.sessions.end(
        new_id(), owner.id, reason=EndReason.SIGNED_OUT, now=LATER
    )


async def test_of_many_concurrent_ends_exactly_one_wins_with_its_letter(
    stores: Stores,
) -> None:
    row, owner, _ = await added(stores)
    notes = [letter() for _ in range(64)]

    async def end(number: int) -> bool:
        return await stores.sessions.end(
            row.id, owner.id, reason=EndReason.REUSED, now=LATER, letter=notes[number]
        )

    [winner] = winners(await race(end))
    recorded = [await stores.letter(note.id) for note in notes]

    assert winners(recorded) == [winner]


async def test_all_other_sessions_are_ended(stores: Stores) -> None:
    kept, owner, _ = await added(stores)
    for _ in range(3):
        await another(stores, owner)
    spared, stranger, digest = await added(stores)

    ended = await stores.sessions.end_others(
        owner.id, keep=kept.id, reason=EndReason.ENDED_BY_USER, now=LATER
    )

    assert ended == 3
    assert list(await stores.sessions.of_user(owner.id, epoch=0, now=LATER)) == [kept]
    found = await stores.sessions.by_token(presented(spared, digest))
    assert found == (spared, stranger)


async def test_without_one_to_keep_every_session_is_ended_once(stores: Stores) -> None:
    _, owner, _ = await added(stores)
    for _ in range(4):
        await another(stores, owner)

    async def end(_: int) -> int:
        return await stores.sessions.end_others(
            owner.id, keep=None, reason=EndReason.CREDENTIALS_CHANGED, now=LATER
        )

    assert sum(await race(end, racers=8)) == 5


async def test_sessions_go_after_their_absolute_expiry(
    stores: Stores, kind: Backend
) -> None:
    gone, _, its_digest = await added(stores, expires_at=NOW + DAY)
    stays, owner, digest = await added(stores, expires_at=NOW + 2 * DAY)

    purged = await stores.sessions.purge(before=NOW + DAY + MILLISECOND)

    assert purged == (0 if kind.forgets else 1)
    found = await stores.sessions.by_token(presented(stays, digest))
    assert found == (stays, owner)
    if not kind.forgets:
        assert await stores.sessions.by_token(presented(gone, its_digest)) is None


async def test_a_session_stays_at_its_very_expiry(stores: Stores) -> None:
    row, owner, digest = await added(stores, expires_at=NOW + DAY)

    assert await stores.sessions.purge(before=NOW + DAY) == 0
    assert await stores.sessions.by_token(presented(row, digest)) == (row, owner)


async def test_nothing_of_a_user_who_is_forgotten_stays(stores: Stores) -> None:
    opened, owner, its_digest = await added(stores)
    ended = await another(stores, owner)
    await stores.sessions.end(
        ended.id, owner.id, reason=EndReason.SIGNED_OUT, now=LATER
    )
    for days in range(3):
        await stores.sessions.of_user(owner.id, epoch=0, now=LATER + days * DAY)
    spared, stranger, digest = await added(stores)

    for _ in range(2):
        await stores.sessions.forget(owner.id)

    assert await stores.sessions.by_token(presented(opened, its_digest)) is None
    assert not await stores.sessions.of_user(owner.id, epoch=0, now=LATER)
    found = await stores.sessions.by_token(presented(spared, digest))
    assert found == (spared, stranger)


async def test_a_session_of_a_user_who_is_gone_is_not_kept(stores: Stores) -> None:
    owner = user()
    await stores.users.add(owner)
    await stores.users.remove(owner.id)
    row = session(user_id=owner.id)

    with pytest.raises(SessionEnded):
        await stores.sessions.add(row, b"d" * 32)

    await stores.users.add(owner)
    assert await stores.sessions.by_token(presented(row)) is None


rows = st.builds(
    session,
    epoch=st.sampled_from([0, 0, 0, 1]),
    created_at=st.just(NOW - 2 * DAY),
    last_seen_at=near(NOW - HOUR),
    idle_expires_at=near(NOW),
    expires_at=near(NOW),
    revoked_at=maybe(near(NOW)),
)


@drawn
@given(row=rows)
async def test_a_session_is_extended_exactly_while_it_is_live(
    stores: Stores, row: Session
) -> None:
    await stores.users.add(user(id=row.user_id))
    await stores.sessions.add(row, digest := random_bytes(32))

    extended = await stores.sessions.extend(row.id, seen_at=NOW, idle_expires_at=IDLE)

    live = is_live(row, epoch=row.epoch, now=NOW) and row.last_seen_at < NOW
    found = await stores.sessions.by_token(presented(row, digest))
    assert extended is live
    assert found is not None
    assert (found[0] == row) is not extended


@drawn
@given(drawn_rows=st.lists(rows, max_size=4), epoch=st.sampled_from([0, 0, 0, 1]))
async def test_exactly_the_live_sessions_are_listed(
    stores: Stores, drawn_rows: list[Session], epoch: int
) -> None:
    owner = user()
    await stores.users.add(owner)
    sessions = [replace(row, user_id=owner.id) for row in drawn_rows]
    for row in sessions:
        await stores.sessions.add(row, random_bytes(32))

    listed = await stores.sessions.of_user(owner.id, epoch=epoch, now=NOW)

    live = {one.id for one in sessions if is_live(one, epoch=epoch, now=NOW)}
    assert {one.id for one in listed} == live

"""Families: what the policies say of random rows, every store does."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from keywright.features.refresh_tokens.policy import judge
from keywright.features.refresh_tokens.types import Presented, RefreshFamily, Verdict
from keywright.features.sessions.policy import is_live
from keywright.features.sessions.types import EndReason, Session
from keywright.shared.secrets import new_id, random_bytes
from tests.contracts.draws import drawn, maybe, near
from tests.contracts.stores import Stores
from tests.features.outbox.builders import letter
from tests.features.refresh_tokens.builders import family, session_of
from tests.features.users.builders import user
from tests.instants import DAY, NOW

STORE = "families"

rows = st.builds(
    family,
    current_digest=st.builds(random_bytes, st.just(32)),
    previous_digest=st.sampled_from([b"", b"p" * 32]),
    epoch=st.sampled_from([0, 0, 0, 1]),
    idle_expires_at=near(NOW),
    expires_at=near(NOW),
    created_at=st.just(NOW - 2 * DAY),
    revoked_at=maybe(near(NOW)),
    revoked_reason=st.just(None),
)


def by_id(session: Session) -> UUID:
    """Return what lists are compared by when their order does not matter."""
    return session.id


async def kept(stores: Stores, row: RefreshFamily) -> None:
    """Add *row* and the user it is of."""
    await stores.users.add(user(id=row.user_id))
    await stores.families.add(row, session_of(row))


@drawn
@given(row=rows, data=st.data(), epoch=st.sampled_from([0, 0, 0, 1]))
async def test_a_token_rotates_exactly_when_it_is_judged_so(
    stores: Stores, row: RefreshFamily, data: st.DataObject, epoch: int
) -> None:
    await kept(stores, row)
    digests = [row.current_digest] * 3 + [row.previous_digest, b"o" * 32]
    token = Presented(
        family_id=row.id,
        user_id=data.draw(st.sampled_from([row.user_id] * 4 + [new_id()])),
        digest=data.draw(st.sampled_from(digests)),
        issued_at=NOW,
    )
    verdict = judge(row, token, epoch=epoch, now=NOW, window=timedelta(0))

    rotated = await stores.families.rotate(
        token, epoch=epoch, successor=b"s" * 32, now=NOW, idle_expires_at=NOW + DAY
    )

    found = await stores.families.by_id(row.id, row.user_id)
    assert rotated is (verdict is Verdict.ROTATE)
    assert found is not None
    assert (found[0] == row) is not rotated


@drawn
@given(rows=st.lists(rows, max_size=4), epoch=st.sampled_from([0, 0, 0, 1]))
async def test_exactly_the_live_sessions_are_listed(
    stores: Stores, rows: list[RefreshFamily], epoch: int
) -> None:
    owner = user()
    await stores.users.add(owner)
    rows = [replace(row, user_id=owner.id) for row in rows]
    for row in rows:
        await stores.families.add(row, session_of(row))

    listed = await stores.families.of_user(owner.id, epoch=epoch, now=NOW)

    sessions = [session_of(row) for row in rows]
    live = [one for one in sessions if is_live(one, epoch=epoch, now=NOW)]
    assert sorted(listed, key=by_id) == sorted(live, key=by_id)


@drawn
@given(row=rows, reason=st.sampled_from(EndReason))
async def test_a_session_is_ended_exactly_when_it_was_not(
    stores: Stores, row: RefreshFamily, reason: EndReason
) -> None:
    await kept(stores, row)
    note = letter()

    ended = await stores.families.end(
        row.id, row.user_id, reason=reason, now=NOW, letter=note
    )

    after = replace(row, revoked_at=NOW, revoked_reason=reason) if ended else row
    found = await stores.families.by_id(row.id, row.user_id)
    assert ended is (row.revoked_at is None)
    assert found is not None
    assert found[0] == after
    assert await stores.letter(note.id) == (note if ended else None)

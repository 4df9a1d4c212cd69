"""Of any number of sessions, all servers agree on which ones stay."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from keywright.features.sessions.policy import over_cap
from keywright.features.sessions.types import Session
from tests.features.sessions.builders import session
from tests.instants import NOW, SECOND

SESSIONS = st.lists(
    st.builds(
        lambda number, seconds: session(
            id=UUID(int=number), created_at=NOW + seconds * SECOND
        ),
        st.integers(0, 1000),
        st.integers(0, 3),
    ),
    unique_by=lambda one: one.id,
    max_size=12,
)
CAPS = st.integers(1, 5)


@given(SESSIONS, CAPS)
def test_as_many_stay_as_may(sessions: list[Session], most: int) -> None:
    ended = over_cap(sessions, most=most)

    assert len(sessions) - len(ended) == min(len(sessions), most)
    assert len(set(ended)) == len(ended)


@given(SESSIONS, CAPS)
def test_none_that_stays_is_older_than_one_that_ends(
    sessions: list[Session], most: int
) -> None:
    ended = set(over_cap(sessions, most=most))
    stay = [one for one in sessions if one.id not in ended]
    end = [one for one in sessions if one.id in ended]

    assert all(
        (one.created_at, one.id) > (other.created_at, other.id)
        for one in stay
        for other in end
    )


@given(st.data(), SESSIONS, CAPS)
def test_the_order_in_which_they_are_seen_plays_no_part(
    data: st.DataObject, sessions: list[Session], most: int
) -> None:
    shuffled = data.draw(st.permutations(sessions))

    assert over_cap(shuffled, most=most) == over_cap(sessions, most=most)


@given(SESSIONS, CAPS, st.sets(st.integers(0, 11)))
def test_who_does_not_see_all_ends_none_that_stays(
    sessions: list[Session], most: int, unseen: set[int]
) -> None:
    seen = [one for number, one in enumerate(sessions) if number not in unseen]

    assert set(over_cap(seen, most=most)) <= set(over_cap(sessions, most=most))


@given(SESSIONS, CAPS)
def test_once_the_others_have_ended_there_is_nothing_left_to_end(
    sessions: list[Session], most: int
) -> None:
    ended = set(over_cap(sessions, most=most))
    stay = [one for one in sessions if one.id not in ended]

    assert over_cap(stay, most=most) == []

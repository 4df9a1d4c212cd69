"""When a session is alive, and which ones are too many."""

from uuid import UUID

import pytest

from keywright.features.sessions.policy import is_live, over_cap
from keywright.features.sessions.types import Session
from tests.features.sessions.builders import session
from tests.instants import MILLISECOND, MINUTE, NOW


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        pytest.param(session(), True, id="fresh"),
        pytest.param(session(revoked_at=NOW), False, id="ended"),
        pytest.param(session(epoch=1), False, id="newer epoch"),
        pytest.param(session(epoch=-1), False, id="older epoch"),
        pytest.param(session(idle_expires_at=NOW), False, id="idle too long"),
        pytest.param(
            session(idle_expires_at=NOW + MILLISECOND), True, id="last idle moment"
        ),
        pytest.param(session(expires_at=NOW), False, id="expired"),
        pytest.param(session(expires_at=NOW + MILLISECOND), True, id="last moment"),
    ],
)
def test_a_session_is_live(row: Session, expected: bool) -> None:
    assert is_live(row, epoch=0, now=NOW) is expected


def test_the_newest_sessions_stay() -> None:
    oldest, middle, newest = (
        session(created_at=NOW + minutes * MINUTE) for minutes in range(3)
    )

    assert over_cap([middle, newest, oldest], most=1) == [middle.id, oldest.id]


def test_of_sessions_of_one_instant_the_greater_id_stays() -> None:
    first, second = session(id=UUID(int=1)), session(id=UUID(int=2))

    assert over_cap([second, first], most=1) == [first.id]
    assert over_cap([first, second], most=1) == [first.id]


def test_sessions_up_to_the_cap_are_not_too_many() -> None:
    assert over_cap([session(), session()], most=2) == []

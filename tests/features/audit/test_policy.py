"""What is kept of an event."""

from dataclasses import dataclass
from uuid import UUID

from keywright.features.audit.policy import details_of, session_label
from keywright.features.sessions.events import SessionEndedBy
from keywright.features.sign_in.events import SignInRefused
from keywright.shared.secrets import new_id


@dataclass(frozen=True, slots=True)
class Counted:
    """An event with a number and nobody."""

    count: int
    user_id: UUID | None = None
    reason: str | None = None


def test_the_ids_of_user_and_session_are_no_details() -> None:
    event = SessionEndedBy(new_id(), new_id(), "signed_out")

    assert details_of(event) == {"reason": "signed_out"}


def test_details_are_text_and_what_is_missing_is_left_out() -> None:
    assert details_of(Counted(3)) == {"count": "3"}


def test_an_event_without_members_has_no_details() -> None:
    assert details_of(object()) == {}


def test_a_refusal_of_an_unknown_address_names_nobody() -> None:
    assert details_of(SignInRefused(None, "pwd")) == {
        "method": "pwd",
        "reason": "invalid_credentials",
    }


def test_a_session_is_named_by_its_digest_only() -> None:
    session_id = UUID("0192f0c1-2345-7abc-8def-0123456789ab")

    assert session_label(session_id) == "03fd1805"
    assert session_label(None) is None

"""What owners are told about their sessions."""

from keywright.features.users.types import User
from keywright.senders.mail import Email
from keywright.shared.html import Block, as_html, as_text


def session_ended_for_safety(user: User) -> Email:
    """Tell *user* that a session was ended because an old token was shown."""
    blocks = [
        Block(f"Hello {user.name},"),
        Block(
            "one of your sessions was ended, because a sign-in token of it was used"
            " that had been replaced before. Somebody may have copied it."
        ),
        Block(
            "Sign in again. If you see devices that you do not know in the list of"
            " your sessions, end them and change your password."
        ),
    ]
    subject = "A session was ended for your safety"
    return Email(user.email, subject, as_text(blocks), as_html(subject, blocks))

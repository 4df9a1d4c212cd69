"""What owners are told about sign-ins."""

from datetime import datetime

from keywright.features.users.types import User
from keywright.senders.mail import Email
from keywright.shared.html import Block, as_html, as_text


def new_device(user: User, *, device: str, address: str, at: datetime) -> Email:
    """Tell *user* of a sign-in on a device that was not seen before."""
    blocks = [
        Block(f"Hello {user.name},"),
        Block(
            f"somebody signed in to your account on {at:%d %B %Y at %H:%M} UTC with"
            f" {device}, from the address {address}."
        ),
        Block("If this was you, there is nothing to do."),
        Block(
            "If it was not, reset your password now. That ends every session,"
            " this one included."
        ),
    ]
    subject = "New sign-in to your account"
    return Email(user.email, subject, as_text(blocks), as_html(subject, blocks))

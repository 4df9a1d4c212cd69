"""What is mailed during a reset."""

from datetime import timedelta

from keywright.senders.mail import Email
from keywright.shared.html import Block, as_html, as_text, code_block


def reset_code(to: str, *, code: str, lifetime: timedelta) -> Email:
    """Send the code that lets the owner of *to* set a new password."""
    minutes = round(lifetime.total_seconds() / 60)
    blocks = [
        Block("Enter this code to set a new password:"),
        code_block(code),
        Block(
            f"It is valid for {minutes} minutes. If you did not ask for it, ignore"
            " this mail; your password stays as it is."
        ),
    ]
    subject = "Reset your password"
    return Email(to, subject, as_text(blocks), as_html(subject, blocks))

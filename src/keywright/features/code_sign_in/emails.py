"""What is mailed to sign in without a password, or after one."""

from datetime import timedelta

from keywright.senders.mail import Email
from keywright.shared.html import Block, as_html, as_text, code_block


def sign_in_code(to: str, *, code: str, lifetime: timedelta) -> Email:
    """Send the code that signs the owner of *to* in."""
    minutes = round(lifetime.total_seconds() / 60)
    blocks = [
        Block("Enter this code to sign in:"),
        code_block(code),
        Block(
            f"It is valid for {minutes} minutes. If you did not ask for it, tell the"
            " code to nobody and ignore this mail; nobody was signed in."
        ),
    ]
    subject = "Your sign-in code"
    return Email(to, subject, as_text(blocks), as_html(subject, blocks))

"""What is mailed during a sign-up."""

from datetime import timedelta

from keywright.senders.mail import Email
from keywright.shared.html import Block, as_html, as_text, code_block


def verification_code(to: str, *, code: str, lifetime: timedelta) -> Email:
    """Send the code that proves the address *to*.

    It holds nothing that whoever signs up may choose: they need not be its owner.
    """
    minutes = round(lifetime.total_seconds() / 60)
    blocks = [
        Block("Enter this code to verify your e-mail address:"),
        code_block(code),
        Block(
            f"It is valid for {minutes} minutes. If you did not sign up, ignore this"
            " mail; without the code no account is made."
        ),
    ]
    subject = "Verify your e-mail address"
    return Email(to, subject, as_text(blocks), as_html(subject, blocks))


def already_signed_up(to: str) -> Email:
    """Tell the owner of *to* that somebody used the address to sign up."""
    blocks = [
        Block("Somebody, perhaps you, tried to sign up with your e-mail address."),
        Block(
            "You have an account already. Sign in with it, or reset your password if"
            " you do not remember it."
        ),
        Block("If this was not you, there is nothing to do."),
    ]
    subject = "You already have an account"
    return Email(to, subject, as_text(blocks), as_html(subject, blocks))

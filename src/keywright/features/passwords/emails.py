"""What owners are told about their password."""

from keywright.features.users.types import User
from keywright.senders.mail import Email
from keywright.shared.html import Block, as_html, as_text


def password_changed(user: User) -> Email:
    """Tell *user* that the password was changed."""
    blocks = [
        Block(f"Hello {user.name},"),
        Block("the password of your account was changed, and all sessions ended."),
        Block("If this was not you, reset your password now."),
    ]
    subject = "Your password was changed"
    return Email(user.email, subject, as_text(blocks), as_html(subject, blocks))


def tries_refused(to: str, *, has_reset: bool) -> Email:
    """Tell the owner of the address *to* that somebody is guessing."""
    also = ", and neither is a reset of your password by e-mail" if has_reset else ""
    blocks = [
        Block("Somebody tried many wrong passwords for your account."),
        Block(
            "Further tries are slowed down. Devices that you signed in on before are"
            f" not affected{also}."
        ),
        Block("Your password was not guessed. If it is a weak one, change it."),
    ]
    subject = "Somebody is trying to sign in to your account"
    return Email(to, subject, as_text(blocks), as_html(subject, blocks))

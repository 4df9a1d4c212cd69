"""What owners are told about their ways in."""

from keywright.features.users.types import User
from keywright.senders.mail import Email
from keywright.shared.html import Block, as_html, as_text


def provider_linked(user: User, *, label: str) -> Email:
    """Tell *user* that a provider is a way in from now on."""
    blocks = [
        Block(f"Hello {user.name},"),
        Block(f"you can sign in to your account with {label} from now on."),
        Block("If this was not you, unlink it and change your password now."),
    ]
    subject = "A way to sign in was added to your account"
    return Email(user.email, subject, as_text(blocks), as_html(subject, blocks))


def provider_unlinked(user: User, *, label: str) -> Email:
    """Tell *user* that a provider is no way in any more."""
    blocks = [
        Block(f"Hello {user.name},"),
        Block(f"nobody can sign in to your account with {label} any more."),
        Block("Other devices that were signed in with a provider are signed out."),
        Block("If this was not you, change your password now."),
    ]
    subject = "A way to sign in was removed from your account"
    return Email(user.email, subject, as_text(blocks), as_html(subject, blocks))

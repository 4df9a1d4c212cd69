"""What is mailed when an account is given up."""

from datetime import datetime, timedelta
from urllib.parse import urlencode

from keywright.features.account_deletion.types import DeletionKind
from keywright.features.users.types import User
from keywright.senders.mail import Email
from keywright.shared.html import Block, as_html, as_text, code_block, link_block


def confirm_deletion(
    user: User,
    *,
    token: str,
    kind: DeletionKind,
    lifetime: timedelta,
    client_url: str,
) -> Email:
    """Send the token that deletes the account: as a link where pages exist.

    The link carries the token behind `#`, so that it reaches no server's log.
    """
    minutes = round(lifetime.total_seconds() / 60)
    what = (
        "delete your account for good"
        if kind is DeletionKind.HARD
        else ("deactivate your account")
    )
    blocks = [Block(f"Hello {user.name},"), Block(f"this lets you {what}:")]
    if client_url:
        fragment = urlencode({"token": token})
        url = f"{client_url.rstrip('/')}/account/delete#{fragment}"
        blocks.append(link_block("Confirm", url))
    else:
        blocks.append(code_block(token))
    blocks.append(
        Block(
            f"It is valid for {minutes} minutes and works once, while you are signed"
            " in. If you did not ask for it, change your password."
        )
    )
    subject = "Confirm that you want to give up your account"
    return Email(user.email, subject, as_text(blocks), as_html(subject, blocks))


def account_deactivated(user: User, *, purge_after: datetime) -> Email:
    """Tell *user* until when the account can be had back."""
    blocks = [
        Block(f"Hello {user.name},"),
        Block("your account was deactivated and all sessions ended."),
        Block(
            f"Sign in before {purge_after:%d %B %Y} to reactivate it. After that it is"
            " deleted for good."
        ),
    ]
    subject = "Your account is deactivated"
    return Email(user.email, subject, as_text(blocks), as_html(subject, blocks))


def account_reactivated(user: User) -> Email:
    """Tell *user* that the account is active again."""
    blocks = [
        Block(f"Hello {user.name},"),
        Block("your account is active again. You can sign in."),
        Block("If this was not you, reset your password now."),
    ]
    subject = "Your account is active again"
    return Email(user.email, subject, as_text(blocks), as_html(subject, blocks))

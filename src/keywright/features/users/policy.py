"""What counts as the same address, who may sign in, where pictures are."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Final
from uuid import UUID

from email_validator import EmailNotValidError, validate_email

from keywright.features.rate_limits.types import Limit
from keywright.features.users.types import Avatar, Status, User
from keywright.senders.mail import NOWHERE, is_nowhere

AVATAR_EDGES: Final = (64, 256, 512)
"""The edges, in pixels, of the squares that an avatar is kept in."""
SIGN_UPS = Limit("signup", 5, timedelta(minutes=15))
"""How many users one client may ask for."""
LONGEST_EMAIL = 100
_OUTER_SPACE = re.compile(r"^\s|\s$")


def canonical_email(text: str) -> str:
    """Return the one spelling of the address *text*, or raise ValueError.

    Space around it is refused, not removed. The domain is lower-case IDNA (ASCII), the
    local part ASCII, lower-case and at most 64 long (RFC 5321): letters that only look
    alike cannot name somebody else's mailbox, and one mailbox cannot have two users.
    Domains under `.test` are taken, for tests; whether a mail arrives is found out by
    sending one.
    """
    if len(text) > LONGEST_EMAIL or _OUTER_SPACE.search(text):
        message = "must be an e-mail address of at most 100 characters"
        raise ValueError(message)
    try:
        valid = validate_email(
            text,
            allow_smtputf8=False,
            check_deliverability=False,
            globally_deliverable=False,
            test_environment=True,
            strict=True,
        )
    except EmailNotValidError:
        message = "must be an e-mail address"
        raise ValueError(message) from None
    return f"{valid.local_part.lower()}@{valid.ascii_domain.lower()}"


def no_mailbox(user_id: UUID) -> str:
    """Return what stands for the address of a user who has none: unique, never mailed.

    Nobody can ask for anything by it: `canonical_email` refuses it.
    """
    return f"{user_id.hex}@{NOWHERE}"


def has_mailbox(user: User) -> bool:
    """Say whether *user* has an address that mails are sent to."""
    return not is_nowhere(user.email)


def may_sign_in(user: User) -> bool:
    """Say whether *user* may have sessions."""
    return user.status is Status.ACTIVE


def avatar_urls(avatar: Avatar) -> Mapping[str, str]:
    """Return the address of each square by its edge.

    The recorded address is the largest's; the others differ in the number alone. An
    address that was recorded by something else is the only one.
    """
    largest = f"-{AVATAR_EDGES[-1]}.webp"
    if not avatar.url.endswith(largest):
        return {}
    base = avatar.url.removesuffix(largest)
    return {str(edge): f"{base}-{edge}.webp" for edge in AVATAR_EDGES}

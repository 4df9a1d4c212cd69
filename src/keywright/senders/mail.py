"""E-mails, and what sends them."""

from dataclasses import dataclass
from typing import Protocol

NOWHERE = "none.invalid"
"""The domain that stands for no mailbox; it exists nowhere, for ever (RFC 6761)."""


@dataclass(frozen=True, slots=True)
class Email:
    """One mail to one address; the subject holds no secret and no user's text."""

    to: str
    subject: str
    text: str
    html: str


def is_nowhere(address: str) -> bool:
    """Say whether *address* stands for a mailbox that there is none of."""
    return address.endswith(f"@{NOWHERE}")


class TryAgain(Exception):
    """The mail server cannot take the e-mail now."""


class Undeliverable(Exception):
    """The mail server will never take this e-mail; the text is its answer's code."""


class Mailer(Protocol):
    """Sends e-mails."""

    async def send(self, email: Email, *, message_id: str) -> None:
        """Send *email*, or raise `TryAgain` or `Undeliverable`.

        *message_id* is the same for every try of one letter, so that a mailbox can
        drop the second copy.
        """

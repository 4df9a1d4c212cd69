"""What was mailed: a mailer that delivers into memory."""

import re
from dataclasses import dataclass, field

from keywright.senders.mail import Email


@dataclass(slots=True, repr=False)
class Mailbox:
    """Keeps every e-mail; those of one address can be taken out, newest first."""

    mails: list[Email] = field(default_factory=list)

    async def send(self, email: Email, *, message_id: str) -> None:
        """Deliver *email* at once."""
        self.mails.append(email)

    def of(self, address: str, about: str = "") -> list[Email]:
        """Return the mails to *address* whose subject contains *about*."""
        lowered = about.lower()
        return [
            mail
            for mail in self.mails
            if mail.to == address and lowered in mail.subject.lower()
        ]

    def take(self, address: str, about: str = "") -> Email | None:
        """Return the newest of them, and forget those that came before it."""
        found = self.of(address, about)
        self.mails = [mail for mail in self.mails if mail not in found]
        return found[-1] if found else None


def code_in(mail: Email) -> str:
    """Return the code that *mail* brings."""
    return _only(r"(?<!\d)(?:\d{6}|\d{12})(?!\d)", mail)


def token_in(mail: Email) -> str:
    """Return the token that *mail* brings, by itself or in a link."""
    return _only(r"[A-Za-z0-9_-]{40,}", mail)


def _only(pattern: str, mail: Email) -> str:
    found = set(re.findall(pattern, mail.text))
    assert len(found) == 1, f"{len(found)} in {mail.subject!r}"
    return str(found.pop())

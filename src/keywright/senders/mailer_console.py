"""E-mails on the terminal: in development the person to mail is the one who looks."""

import sys
from typing import TextIO

from keywright.senders.mail import Email, Mailer
from keywright.shared.settings import SettingsInvalid

__all__ = ["open_mailer"]


class ConsoleMailer:
    """Prints e-mails as text."""

    def __init__(self, stream: TextIO) -> None:
        """Print to *stream*."""
        self._stream = stream

    async def send(self, email: Email, *, message_id: str) -> None:
        """Print *email*; control characters are shown, not obeyed."""
        header = f"--- e-mail {message_id} to {email.to}: {email.subject}"
        lines = [header, *email.text.splitlines(), "---"]
        self._stream.write("\n".join(map(_harmless, lines)) + "\n")
        self._stream.flush()


def open_mailer(url: str, sender: str) -> Mailer:  # noqa: ARG001 - a slot's signature
    """Return a mailer that prints to standard error, for `console:`."""
    if not url.lower().startswith("console:"):
        expected = "console:, for here e-mails are printed and sent no other way"
        raise SettingsInvalid({"AUTH_MAIL_URL": expected})
    return ConsoleMailer(sys.stderr)


def _harmless(line: str) -> str:
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode()
        for letter in line
    )

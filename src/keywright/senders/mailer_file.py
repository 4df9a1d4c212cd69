"""E-mails as files, one `.eml` each, for tests and for a mail server that polls."""

import asyncio
import os
import re
from email.headerregistry import Address
from pathlib import Path
from urllib.parse import unquote

from keywright.senders.mail import Email, Mailer, TryAgain, Undeliverable
from keywright.senders.message import as_bytes, parse_sender
from keywright.shared.clock import utc_now
from keywright.shared.secrets import random_bytes
from keywright.shared.settings import SettingsInvalid

__all__ = ["open_mailer"]

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", re.ASCII)


class FileMailer:
    """Writes e-mails into a folder that only this user may read."""

    def __init__(self, folder: Path, sender: Address) -> None:
        """Write into *folder*, which is made when the first e-mail comes."""
        self._folder = folder
        self._sender = sender

    async def send(self, email: Email, *, message_id: str) -> None:
        """Write *email* whole or not at all; a second try replaces the first."""
        if not _NAME.fullmatch(message_id):
            raise Undeliverable("the message id is no file name")
        content = as_bytes(
            email, sender=self._sender, message_id=message_id, date=utc_now()
        )
        try:
            await asyncio.to_thread(self._write, f"{message_id}.eml", content)
        except OSError as error:
            raise TryAgain(f"the folder refuses: {error.strerror}") from None

    def _write(self, name: str, content: bytes) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = self._folder / f".{random_bytes(8).hex()}.part"
        try:
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
            with os.fdopen(os.open(part, flags, 0o600), "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            part.replace(self._folder / name)
        finally:
            part.unlink(missing_ok=True)


def open_mailer(url: str, sender: str) -> Mailer:
    """Return a mailer that writes into the folder DIR of `file:DIR`."""
    scheme, _, path = unquote(url).partition(":")
    if path.startswith("//"):
        path = path.removeprefix("//").removeprefix("localhost")
    if scheme.lower() != "file" or not path:
        raise SettingsInvalid({"AUTH_MAIL_URL": "file:DIR, the folder to write into"})
    return FileMailer(Path(path), parse_sender(sender))

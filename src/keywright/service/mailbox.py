"""The mailbox of a developer: what the service mailed, in files all workers share."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from keywright.senders.mail import Email, Mailer
from keywright.service.folder import write_whole
from keywright.shared.clock import Now

MOST: Final = 50


@dataclass(frozen=True, slots=True)
class KeptMail:
    """An e-mail as it was sent; *at* is RFC 3339."""

    id: str
    to: str
    subject: str
    text: str
    html: str
    at: str


class Mailbox:
    """The newest fifty e-mails, one file each, for this user's eyes only."""

    def __init__(self, folder: Path) -> None:
        """Keep them in *folder*, which is made when the first one comes."""
        self._folder = folder

    def put(self, email: Email, *, message_id: str, at: datetime) -> None:
        """Keep *email*; the second try of a letter replaces the first."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        stamp = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        mail = KeptMail(
            message_id, email.to, email.subject, email.text, email.html, stamp
        )
        name = "".join(one for one in message_id if one.isalnum() or one == "-")
        write_whole(
            self._folder / f"{name}.json", json.dumps(asdict(mail)), replace=True
        )
        for former in self._newest_first()[MOST:]:
            former.unlink(missing_ok=True)

    def mails(self, *, to: str = "") -> Sequence[KeptMail]:
        """Return what was sent, or what was sent to the address *to*, newest first."""
        found = [mail for path in self._newest_first() if (mail := _read(path))]
        wanted = [mail for mail in found if not to or mail.to == to.strip().lower()]
        return sorted(wanted, key=lambda mail: (mail.at, mail.id), reverse=True)

    def _newest_first(self) -> list[Path]:
        if not self._folder.is_dir():
            return []
        return sorted(self._folder.glob("*.json"), key=_age, reverse=True)


class MailboxMailer:
    """Keeps every e-mail in the mailbox, then hands it on."""

    def __init__(self, mailbox: Mailbox, mailer: Mailer, *, now: Now) -> None:
        """Keep in *mailbox*, then send by *mailer*."""
        self._mailbox = mailbox
        self._mailer = mailer
        self._now = now

    async def send(self, email: Email, *, message_id: str) -> None:
        """Keep and send *email*."""
        await asyncio.to_thread(
            self._mailbox.put, email, message_id=message_id, at=self._now()
        )
        await self._mailer.send(email, message_id=message_id)


def _age(path: Path) -> tuple[int, str]:
    try:
        return path.stat().st_mtime_ns, path.name
    except FileNotFoundError:
        return 0, path.name


def _read(path: Path) -> KeptMail | None:
    try:
        return KeptMail(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None

"""Letters: written here, kept by the step that causes them."""

import json
from dataclasses import asdict
from datetime import timedelta

from keywright.features.outbox.errors import MailLate
from keywright.features.outbox.policy import is_late
from keywright.features.outbox.store import Outbox
from keywright.features.outbox.types import Letter, LetterStatus
from keywright.senders.mail import Email, is_nowhere
from keywright.shared.clock import Now
from keywright.shared.secrets import new_id
from keywright.shared.vault import Vault

NOTICE_LIFETIME = timedelta(days=2)


class LetterWriter:
    """Makes letters of e-mails, and e-mails of letters."""

    def __init__(self, vault: Vault, *, now: Now) -> None:
        """Seal with *vault*."""
        self._vault = vault
        self._now = now

    def write(
        self,
        email: Email,
        *,
        kind: str,
        lifetime: timedelta = NOTICE_LIFETIME,
        deliver: bool = True,
    ) -> Letter:
        """Return *email* as a letter that is not sent once *lifetime* is over.

        Without *deliver*, or to nobody's mailbox, the letter is a decoy: stored like
        any other, never sent.
        """
        letter_id = new_id()
        is_sent = deliver and not is_nowhere(email.to)
        plain = json.dumps(asdict(email)).encode()
        now = self._now()
        return Letter(
            id=letter_id,
            kind=kind,
            sealed=self._vault.seal(plain, context=letter_id.bytes),
            created_at=now,
            expires_at=now + lifetime,
            status=LetterStatus.WAITING if is_sent else LetterStatus.DECOY,
        )

    def is_newest(self, letter: Letter) -> bool:
        """Say whether *letter* was sealed under the newest key."""
        return self._vault.is_newest(letter.sealed)

    def read(self, letter: Letter) -> Email:
        """Return the e-mail in *letter*; raise `SealBroken` if it cannot be opened."""
        plain = self._vault.open(letter.sealed, context=letter.id.bytes)
        return Email(**json.loads(plain))


class MailWatch:
    """Says whether mail leaves as it should."""

    def __init__(self, outbox: Outbox, *, now: Now) -> None:
        """Watch *outbox*."""
        self._outbox = outbox
        self._now = now

    async def probe(self) -> None:
        """Return, or raise `MailLate` while letters wait for minutes."""
        if is_late(await self._outbox.oldest(), now=self._now()):
            raise MailLate

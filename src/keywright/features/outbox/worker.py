"""Sends letters: claims under a lease, sends, wipes. At least once each."""

from datetime import timedelta
from uuid import UUID

from keywright.features.outbox.events import LetterAbandoned, LetterSent
from keywright.features.outbox.policy import pause_after
from keywright.features.outbox.service import LetterWriter
from keywright.features.outbox.store import Outbox
from keywright.features.outbox.types import Letter
from keywright.senders.mail import Mailer, TryAgain, Undeliverable
from keywright.shared.clock import Now
from keywright.shared.events import Publish
from keywright.shared.secrets import new_id, random_fraction
from keywright.shared.vault import SealBroken

LEASE = timedelta(seconds=60)
BATCH = 10


class MailWorker:
    """Any number of these may run, in any number of processes."""

    def __init__(
        self,
        outbox: Outbox,
        writer: LetterWriter,
        mailer: Mailer,
        *,
        publish: Publish,
        now: Now,
    ) -> None:
        """Send the letters of *outbox* by *mailer*."""
        self._outbox = outbox
        self._writer = writer
        self._mailer = mailer
        self._publish = publish
        self._now = now

    async def run_once(self) -> bool:
        """Send a batch of letters that are due; say whether there may be more."""
        now = self._now()
        lease = new_id()
        letters = await self._outbox.claim(
            lease=lease, until=now + LEASE, now=now, most=BATCH
        )
        for letter in letters:
            await self._deliver(letter, lease)
        return len(letters) == BATCH

    async def _deliver(self, letter: Letter, lease: UUID) -> None:
        if letter.expires_at <= self._now():
            await self._abandon(letter, lease, "expired")
            return
        try:
            email = self._writer.read(letter)
            await self._mailer.send(email, message_id=str(letter.id))
        except TryAgain:
            pause = pause_after(letter.attempts, jitter=random_fraction())
            await self._outbox.postpone(
                letter.id, lease=lease, until=self._now() + pause
            )
        except Undeliverable as error:
            await self._abandon(letter, lease, str(error) or "undeliverable")
        except SealBroken:
            await self._abandon(letter, lease, "unreadable")
        else:
            await self._outbox.sent(letter.id, lease=lease)
            await self._publish(LetterSent(letter.id, letter.kind))

    async def _abandon(self, letter: Letter, lease: UUID, reason: str) -> None:
        if await self._outbox.abandon(letter.id, lease=lease, reason=reason):
            await self._publish(LetterAbandoned(letter.id, letter.kind, reason))

"""Sends letters: claims under a lease, sends, wipes. At least once each."""

import logging
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

log = logging.getLogger(__name__)
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
        """Send a batch of letters that are due; say whether there may be more.

        What is left once half of the lease has passed is left to whoever claims it
        next, so that a slow mail server does not get letters twice.
        """
        now = self._now()
        lease = new_id()
        letters = await self._outbox.claim(
            lease=lease, until=now + LEASE, now=now, most=BATCH
        )
        for letter in letters:
            if now + LEASE / 2 < self._now():
                await self._outbox.postpone(letter.id, lease=lease, until=self._now())
            else:
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
            await self._postpone(letter, lease)
        except Undeliverable as error:
            await self._abandon(letter, lease, str(error) or "undeliverable")
        except SealBroken:
            await self._abandon(letter, lease, "unreadable")
        except Exception:
            log.exception("letter failed", extra={"kind": letter.kind})
            await self._postpone(letter, lease)
        else:
            await self._outbox.sent(letter.id, lease=lease)
            await self._publish(LetterSent(letter.id, letter.kind))

    async def _postpone(self, letter: Letter, lease: UUID) -> None:
        pause = pause_after(letter.attempts, jitter=random_fraction())
        await self._outbox.postpone(letter.id, lease=lease, until=self._now() + pause)

    async def _abandon(self, letter: Letter, lease: UUID, reason: str) -> None:
        if await self._outbox.abandon(letter.id, lease=lease, reason=reason):
            await self._publish(LetterAbandoned(letter.id, letter.kind, reason))

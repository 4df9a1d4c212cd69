"""Letters are claimed under a lease, sent and wiped; at least once each."""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from keywright.features.outbox.memory import Letters
from keywright.features.outbox.service import LetterWriter
from keywright.features.outbox.types import Letter, LetterStatus
from keywright.features.outbox.worker import BATCH, LEASE, MailWorker
from keywright.senders.mail import Email, TryAgain, Undeliverable
from keywright.shared.events import Event
from keywright.shared.vault import Vault
from tests.features.steps import Crashed, Steps, crash
from tests.instants import MINUTE, NOW, SECOND

EMAIL = Email("ada@example.com", "Your code", "482913", "<p>482913</p>")
Answer = Callable[[], Awaitable[None]]


async def accept() -> None:
    """Take the letter."""


def refuse(error: Exception) -> Answer:
    """Return the answer of a mail server that raises *error*."""

    async def answer() -> None:
        raise error

    return answer


class Post:
    """An outbox, its worker, and a mail server that answers as told."""

    def __init__(self, answer: Answer = accept) -> None:
        self.now = NOW
        self.answer = answer
        self.sent: Counter[str] = Counter()
        self.events: list[Event] = []
        self.outbox = Letters()
        self.steps = Steps()
        self.writer = LetterWriter(Vault([b"k" * 32]), now=lambda: self.now)
        self.worker = self.another()

    def another(self) -> MailWorker:
        """Return one more worker of the same outbox."""
        return MailWorker(
            self.steps.watch("outbox", self.outbox),
            self.writer,
            self,
            publish=self.publish,
            now=lambda: self.now,
        )

    async def send(self, email: Email, *, message_id: str) -> None:
        """Take *email* as the mail server would."""
        await self.answer()
        self.sent[message_id] += 1

    async def publish(self, event: Event) -> None:
        """Keep *event*."""
        self.events.append(event)

    async def put(self, *, lifetime: timedelta = MINUTE * 10) -> Letter:
        """Put a letter into the outbox."""
        letter = self.writer.write(EMAIL, kind="code", lifetime=lifetime)
        await self.outbox.put(letter)
        return letter

    def statuses(self) -> list[LetterStatus]:
        """Return where the letters stand."""
        return [letter.status for letter in self.outbox.recorded()]

    def happened(self) -> list[str]:
        """Return the names of the events so far."""
        return [type(event).__name__ for event in self.events]


async def test_a_letter_is_sent_once_and_wiped() -> None:
    post = Post()
    letter = await post.put()

    assert not await post.worker.run_once()
    await post.worker.run_once()

    assert post.sent == {str(letter.id): 1}
    assert post.statuses() == [LetterStatus.SENT]
    assert post.outbox.recorded()[0].sealed == ""
    assert post.happened() == ["LetterSent"]


async def test_a_full_batch_says_that_there_may_be_more() -> None:
    post = Post()
    for _ in range(BATCH + 1):
        await post.put()

    assert await post.worker.run_once()
    assert not await post.worker.run_once()
    assert len(post.sent) == BATCH + 1


async def test_workers_side_by_side_send_each_letter_once() -> None:
    post = Post()
    for _ in range(3 * BATCH):
        await post.put()

    await asyncio.gather(*(post.another().run_once() for _ in range(6)))

    assert set(post.sent.values()) == {1}
    assert len(post.sent) == 3 * BATCH


async def test_a_letter_is_tried_again_after_a_growing_pause() -> None:
    post = Post(refuse(TryAgain()))
    letter = await post.put()
    await post.worker.run_once()
    assert post.statuses() == [LetterStatus.WAITING]

    post.answer = accept
    post.now += 3 * SECOND
    await post.worker.run_once()
    assert post.sent == {}

    post.now += 4 * SECOND
    await post.worker.run_once()
    assert post.sent == {str(letter.id): 1}


async def test_what_the_mail_server_refuses_for_good_is_abandoned() -> None:
    post = Post(refuse(Undeliverable("550")))
    await post.put()

    await post.worker.run_once()

    assert post.statuses() == [LetterStatus.ABANDONED]
    assert post.outbox.recorded()[0].sealed == ""
    assert [getattr(event, "reason", None) for event in post.events] == ["550"]


async def test_an_expired_code_is_not_sent() -> None:
    post = Post()
    await post.put(lifetime=MINUTE)
    post.now += MINUTE

    await post.worker.run_once()

    assert post.sent == {}
    assert post.statuses() == [LetterStatus.ABANDONED]
    assert post.happened() == ["LetterAbandoned"]


async def test_a_letter_that_cannot_be_opened_is_abandoned() -> None:
    post = Post()
    letter = await post.put()
    broken = replace(letter, id=type(letter.id)(int=7))
    await post.outbox.put(broken)

    await post.worker.run_once()

    assert post.sent == {str(letter.id): 1}
    assert sorted(post.statuses()) == [LetterStatus.ABANDONED, LetterStatus.SENT]


async def test_a_letter_that_breaks_the_mailer_keeps_no_other(
    caplog: pytest.LogCaptureFixture,
) -> None:
    post = Post()
    poison = await post.put()
    post.now += SECOND
    for _ in range(BATCH - 1):
        await post.put()
    broken = iter([True])

    async def answer() -> None:
        if next(broken, False):
            message = "unexpected"
            raise RuntimeError(message)

    post.answer = answer
    with caplog.at_level(logging.ERROR):
        await post.worker.run_once()

    assert len(post.sent) == BATCH - 1
    assert str(poison.id) not in post.sent
    assert [record.message for record in caplog.records] == ["letter failed"]
    post.now += MINUTE
    await post.another().run_once()
    assert post.sent[str(poison.id)] == 1


async def test_a_crash_after_sending_sends_the_letter_once_more_and_then_never() -> (
    None
):
    post = Post()
    letter = await post.put()
    post.steps.before("outbox.sent", crash)
    with pytest.raises(Crashed):
        await post.worker.run_once()

    await post.worker.run_once()
    assert post.sent == {str(letter.id): 1}
    for _ in range(3):
        post.now += LEASE
        await post.another().run_once()

    assert post.sent == {str(letter.id): 2}


async def test_what_a_slow_mail_server_kept_waiting_is_not_sent_twice() -> None:
    post = Post()
    for _ in range(BATCH):
        await post.put()

    async def slowly() -> None:
        post.now += 20 * SECOND

    post.answer = slowly
    await post.worker.run_once()
    assert len(post.sent) < BATCH

    for _ in range(BATCH):
        await post.another().run_once()

    assert set(post.sent.values()) == {1}
    assert len(post.sent) == BATCH


async def test_a_letter_abandoned_by_another_worker_is_told_once() -> None:
    post = Post(refuse(Undeliverable()))
    await post.put()

    async def be_late() -> None:
        post.now += LEASE
        await post.another().run_once()

    post.steps.before("outbox.abandon", be_late)
    await post.worker.run_once()

    assert post.happened() == ["LetterAbandoned"]
    assert [getattr(event, "reason", None) for event in post.events] == [
        "undeliverable"
    ]

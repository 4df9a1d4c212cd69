"""Every event is a log line, and most are kept in a table."""

import logging
from uuid import UUID

import pytest

from keywright.features.audit.memory import AuditLog
from keywright.features.audit.policy import session_label
from keywright.features.audit.service import LONGEST_QUEUE, AuditTrail
from keywright.features.audit.types import AuditEntry
from keywright.features.outbox.events import LetterSent
from keywright.features.sessions.events import SessionEndedBy
from keywright.features.sign_in.events import SignInRefused
from keywright.shared.context import RequestContext, current_request
from keywright.shared.errors import StoreUnavailable
from keywright.shared.secrets import new_id
from tests.instants import NOW

USER, SESSION = new_id(), new_id()
ENDED = SessionEndedBy(USER, SESSION, "signed_out")
REFUSED = SignInRefused(None, "pwd")


class FailingLog(AuditLog):
    """A table that fails a number of times; another event happens meanwhile."""

    def __init__(self, failures: int = 1) -> None:
        super().__init__()
        self.failures = failures
        self.trail: AuditTrail | None = None

    async def add(self, entry: AuditEntry) -> None:
        """Fail, or add *entry*."""
        if self.failures:
            self.failures -= 1
            if self.trail is not None:
                await self.trail(REFUSED)
            raise StoreUnavailable
        await super().add(entry)


def trail(store: AuditLog) -> AuditTrail:
    """Return a trail that keeps in *store*."""
    return AuditTrail(store, now=lambda: NOW)


async def test_an_event_is_kept_with_who_and_from_where() -> None:
    store = AuditLog()
    listener = trail(store)
    token = current_request.set(RequestContext("request-1", "192.0.2.7"))

    await listener(ENDED)
    assert not await listener.flush()
    current_request.reset(token)

    (entry,) = await store.newest()
    assert isinstance(entry.id, UUID)
    assert entry == AuditEntry(
        id=entry.id,
        at=NOW,
        event="SessionEndedBy",
        user_id=USER,
        session=session_label(SESSION),
        address="192.0.2.7",
        request_id="request-1",
        details={"reason": "signed_out"},
    )


async def test_an_event_outside_of_a_request_has_no_address() -> None:
    store = AuditLog()
    listener = trail(store)

    await listener(REFUSED)
    await listener.flush()

    (entry,) = await store.newest()
    assert (entry.user_id, entry.session) == (None, None)
    assert (entry.address, entry.request_id) == (None, None)


async def test_the_log_line_names_the_event_and_no_session_id(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.INFO, logger="audit"):
        await trail(AuditLog())(ENDED)
        await trail(AuditLog())(REFUSED)

    ended, refused = caplog.records
    assert ended.message == "SessionEndedBy"
    assert ended.__dict__["user_id"] == str(USER)
    assert ended.__dict__["session"] == session_label(SESSION)
    assert str(SESSION) not in str(ended.__dict__)
    assert "user_id" not in refused.__dict__
    assert refused.__dict__["method"] == "pwd"


async def test_routine_events_are_logged_and_not_kept(
    caplog: pytest.LogCaptureFixture,
) -> None:
    store = AuditLog()
    listener = trail(store)

    with caplog.at_level(logging.INFO, logger="audit"):
        await listener(LetterSent(new_id(), "code"))
    await listener.flush()

    assert [record.message for record in caplog.records] == ["LetterSent"]
    assert list(await store.newest()) == []


async def test_an_event_makes_nobody_wait_for_the_table() -> None:
    store = AuditLog()

    await trail(store)(ENDED)

    assert list(await store.newest()) == []


async def test_what_could_not_be_written_is_written_later() -> None:
    store = FailingLog()
    listener = trail(store)
    await listener(ENDED)
    with pytest.raises(StoreUnavailable):
        await listener.flush()

    await listener.flush()

    assert [entry.event for entry in await store.newest()] == ["SessionEndedBy"]


async def test_a_table_that_falls_behind_loses_the_newest_and_says_so(
    caplog: pytest.LogCaptureFixture,
) -> None:
    store = AuditLog()
    listener = trail(store)
    caplog.set_level(logging.WARNING, logger="audit")
    for _ in range(LONGEST_QUEUE + 1):
        await listener(REFUSED)

    await listener.flush()

    assert [record.message for record in caplog.records] == ["audit table is behind"]
    assert len(await store.newest(most=20_000)) == LONGEST_QUEUE


async def test_a_full_queue_does_not_grow_when_writing_fails() -> None:
    store = FailingLog()
    listener = trail(store)
    for _ in range(LONGEST_QUEUE):
        await listener(REFUSED)
    store.trail = listener

    with pytest.raises(StoreUnavailable):
        await listener.flush()
    await listener.flush()

    assert len(await store.newest(most=20_000)) == LONGEST_QUEUE

"""The audit log: the contract of every store of entries."""

from uuid import UUID

import pytest

from keywright.features.audit.store import AuditStore
from keywright.features.audit.types import AuditEntry
from keywright.shared.secrets import new_id
from tests.contracts.races import race
from tests.contracts.stores import Stores
from tests.features.audit.builders import entry
from tests.instants import DAY, HOUR, MILLISECOND, MINUTE, NOW

STORE = "audit"


@pytest.fixture
def audit(stores: Stores) -> AuditStore:
    return stores.audit


async def added(audit: AuditStore, row: AuditEntry) -> AuditEntry:
    """Add *row*, and return it."""
    await audit.add(row)
    return row


async def test_at_first_there_are_none(audit: AuditStore) -> None:
    assert not await audit.newest()


async def test_every_member_is_kept(audit: AuditStore) -> None:
    row = await added(
        audit,
        entry(
            at=NOW + MILLISECOND,
            event="SignInRefused",
            user_id=new_id(),
            session="fedcba98",
            address="2001:0db8:ffff:ffff:ffff:ffff:ffff:ffff",
            request_id="r" * 128,
            details={"reason": "wrong “password” 🦊", "Reason": "", "": "x"},
        ),
    )

    assert list(await audit.newest()) == [row]


async def test_much_may_be_unknown(audit: AuditStore) -> None:
    row = await added(
        audit,
        entry(user_id=None, session=None, address=None, request_id=None, details={}),
    )

    assert list(await audit.newest()) == [row]


async def test_the_same_id_is_added_once(audit: AuditStore) -> None:
    row = await added(audit, entry())
    await audit.add(entry(id=row.id, event="Other"))

    assert list(await audit.newest()) == [row]


async def test_of_many_concurrent_adds_of_one_id_none_fails(audit: AuditStore) -> None:
    row = entry()

    await race(lambda _: audit.add(row))

    assert list(await audit.newest()) == [row]


async def test_the_newest_come_first(audit: AuditStore) -> None:
    rows = [await added(audit, entry(at=NOW - age * MINUTE)) for age in (2, 0, 1)]

    assert list(await audit.newest()) == [rows[1], rows[2], rows[0]]


async def test_of_entries_of_one_instant_the_greater_id_comes_first(
    audit: AuditStore,
) -> None:
    rows = [await added(audit, entry(id=UUID(int=number))) for number in (2, 1, 3)]

    assert list(await audit.newest()) == [rows[2], rows[0], rows[1]]


async def test_no_more_come_than_asked_for(audit: AuditStore) -> None:
    rows = [await added(audit, entry(at=NOW - age * MINUTE)) for age in range(3)]

    assert list(await audit.newest(most=2)) == rows[:2]


async def test_a_hundred_come_if_nothing_is_asked_for(audit: AuditStore) -> None:
    for _ in range(101):
        await audit.add(entry())

    assert len(await audit.newest()) == 100


async def test_entries_are_narrowed_by_user(audit: AuditStore) -> None:
    row = await added(audit, entry(user_id=new_id()))
    await added(audit, entry(user_id=new_id()))
    await added(audit, entry())

    assert list(await audit.newest(user_id=row.user_id)) == [row]


async def test_entries_are_narrowed_by_event(audit: AuditStore) -> None:
    row = await added(audit, entry(event="SignedIn"))
    await added(audit, entry(event="SignedOut"))

    assert list(await audit.newest(event="SignedIn")) == [row]


async def test_entries_are_narrowed_by_time(audit: AuditStore) -> None:
    row = await added(audit, entry(at=NOW - MILLISECOND))
    await added(audit, entry(at=NOW))

    assert list(await audit.newest(before=NOW)) == [row]


async def test_entries_are_narrowed_by_all_at_once(audit: AuditStore) -> None:
    owner = new_id()
    rows = [
        await added(audit, entry(user_id=of, event=event, at=at))
        for of in (owner, new_id())
        for event in ("SignedIn", "SignedOut")
        for at in (NOW - HOUR, NOW)
    ]

    found = await audit.newest(user_id=owner, event="SignedIn", before=NOW, most=5)

    assert list(found) == [rows[0]]


async def test_old_entries_go(audit: AuditStore) -> None:
    await added(audit, entry(at=NOW - MILLISECOND))
    stays = await added(audit, entry(at=NOW))

    assert await audit.purge(before=NOW) == 1
    assert list(await audit.newest()) == [stays]


@pytest.mark.long
async def test_no_more_than_a_thousand_go_at_once(audit: AuditStore) -> None:
    for _ in range(1002):
        await audit.add(entry())

    purged = [await audit.purge(before=NOW + DAY) for _ in range(3)]

    assert purged == [1000, 2, 0]

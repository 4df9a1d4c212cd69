"""The outbox: the contract of every store of letters."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

import pytest

from keywright.features.outbox.store import Outbox
from keywright.features.outbox.types import Letter, LetterStatus
from keywright.shared.secrets import new_id
from tests.contracts.races import race
from tests.contracts.stores import Stores
from tests.features.outbox.builders import letter
from tests.instants import DAY, HOUR, MILLISECOND, MINUTE, NOW

STORE = "outbox"
SOON = NOW + MINUTE


@pytest.fixture
def outbox(stores: Stores) -> Outbox:
    return stores.outbox


async def put(outbox: Outbox, row: Letter) -> Letter:
    """Put *row*, and return it."""
    await outbox.put(row)
    return row


async def claimed(
    outbox: Outbox,
    *,
    lease: UUID | None = None,
    now: datetime = NOW,
    until: datetime = SOON,
    most: int = 10,
) -> Sequence[Letter]:
    """Claim letters under a lease of their own."""
    holder = lease if lease is not None else new_id()
    return await outbox.claim(lease=holder, until=until, now=now, most=most)


async def test_a_letter_is_due_at_once(outbox: Outbox) -> None:
    row = await put(outbox, letter())

    assert list(await claimed(outbox)) == [replace(row, attempts=1)]


async def test_every_member_is_kept(stores: Stores) -> None:
    row = letter(
        kind="k" * 64,
        sealed="v1." + "s" * 100_000,
        created_at=NOW + MILLISECOND,
        expires_at=NOW + 2 * MILLISECOND,
    )
    await stores.outbox.put(row)

    assert await stores.letter(row.id) == row


async def test_the_same_id_is_put_once(stores: Stores) -> None:
    row = await put(stores.outbox, letter())
    await stores.outbox.put(letter(id=row.id, sealed="another"))

    assert await stores.letter(row.id) == row


async def test_a_letter_that_was_sent_is_not_put_again(stores: Stores) -> None:
    row, lease = await put(stores.outbox, letter()), new_id()
    await claimed(stores.outbox, lease=lease)
    await stores.outbox.sent(row.id, lease=lease)

    await stores.outbox.put(row)

    assert not await claimed(stores.outbox, now=NOW + DAY)


async def test_of_many_concurrent_puts_of_one_id_none_fails(outbox: Outbox) -> None:
    row = letter()

    await race(lambda _: outbox.put(row))

    assert len(await claimed(outbox)) == 1


async def test_the_oldest_are_claimed_first(outbox: Outbox) -> None:
    rows = [letter(created_at=NOW - age * MINUTE) for age in (1, 3, 0, 2)]
    for row in rows:
        await outbox.put(row)

    first = await claimed(outbox, most=3)
    second = await claimed(outbox, most=3)

    order = [rows[1], rows[3], rows[0], rows[2]]
    assert [row.id for row in [*first, *second]] == [row.id for row in order]


async def test_without_letters_none_is_claimed(outbox: Outbox) -> None:
    assert not await claimed(outbox)


async def test_a_decoy_is_never_claimed(stores: Stores) -> None:
    row = await put(stores.outbox, letter(status=LetterStatus.DECOY))

    assert not await claimed(stores.outbox, now=NOW + DAY)
    assert await stores.letter(row.id) == row


async def test_an_expired_letter_is_claimed_too(outbox: Outbox) -> None:
    row = await put(outbox, letter(expires_at=NOW - DAY))

    assert [one.id for one in await claimed(outbox)] == [row.id]


async def test_a_held_letter_is_claimed_once_its_lease_is_over(
    outbox: Outbox,
) -> None:
    row = await put(outbox, letter())
    await claimed(outbox)

    assert not await claimed(outbox, now=SOON - MILLISECOND, until=SOON + MINUTE)
    again = await claimed(outbox, now=SOON, until=SOON + MINUTE)
    assert list(again) == [replace(row, attempts=2)]


async def test_of_many_claimants_no_two_get_one_letter(outbox: Outbox) -> None:
    rows = [await put(outbox, letter()) for _ in range(40)]

    async def claim_all(_: int) -> list[UUID]:
        mine: list[UUID] = []
        while letters := await claimed(outbox, most=3):
            mine += [one.id for one in letters]
        return mine

    taken = [one for mine in await race(claim_all, racers=16) for one in mine]

    assert len(taken) == len(rows)
    assert set(taken) == {row.id for row in rows}


async def test_a_sent_letter_is_wiped(stores: Stores) -> None:
    row, lease = await put(stores.outbox, letter()), new_id()
    await claimed(stores.outbox, lease=lease)

    assert await stores.outbox.sent(row.id, lease=lease)

    after = replace(row, status=LetterStatus.SENT, sealed="", attempts=1)
    assert await stores.letter(row.id) == after
    assert not await claimed(stores.outbox, now=NOW + DAY)


async def test_an_abandoned_letter_is_wiped(stores: Stores) -> None:
    row, lease = await put(stores.outbox, letter()), new_id()
    await claimed(stores.outbox, lease=lease)

    assert await stores.outbox.abandon(row.id, lease=lease, reason="550 " + "x" * 999)

    after = replace(row, status=LetterStatus.ABANDONED, sealed="", attempts=1)
    assert await stores.letter(row.id) == after
    assert not await claimed(stores.outbox, now=NOW + DAY)


async def test_a_postponed_letter_waits(stores: Stores) -> None:
    row, lease = await put(stores.outbox, letter()), new_id()
    await claimed(stores.outbox, lease=lease)

    assert await stores.outbox.postpone(row.id, lease=lease, until=NOW + HOUR)

    assert not await claimed(stores.outbox, now=NOW + HOUR - MILLISECOND)
    again = await claimed(stores.outbox, now=NOW + HOUR)
    assert list(again) == [replace(row, attempts=2)]


async def test_a_letter_may_be_postponed_to_before_its_lease_ends(
    outbox: Outbox,
) -> None:
    row, lease = await put(outbox, letter()), new_id()
    await claimed(outbox, lease=lease, until=NOW + HOUR)
    await outbox.postpone(row.id, lease=lease, until=SOON)

    assert [one.id for one in await claimed(outbox, now=SOON)] == [row.id]


async def acts(outbox: Outbox, row: Letter, lease: UUID) -> list[bool]:
    """Return what each act on a held letter comes to under *lease*."""
    return [
        await outbox.postpone(row.id, lease=lease, until=NOW),
        await outbox.abandon(row.id, lease=lease, reason="test"),
        await outbox.sent(row.id, lease=lease),
    ]


async def test_who_does_not_hold_the_letter_does_nothing(stores: Stores) -> None:
    row = await put(stores.outbox, letter())
    await claimed(stores.outbox)

    assert await acts(stores.outbox, row, new_id()) == [False] * 3
    assert await stores.letter(row.id) == replace(row, attempts=1)


async def test_a_letter_that_nobody_holds_stays(stores: Stores) -> None:
    row = await put(stores.outbox, letter())

    assert await acts(stores.outbox, row, new_id()) == [False] * 3
    assert await acts(stores.outbox, letter(), new_id()) == [False] * 3
    assert await stores.letter(row.id) == row


async def test_a_lease_that_another_has_taken_over_is_worth_nothing(
    stores: Stores,
) -> None:
    row, slow, next_one = await put(stores.outbox, letter()), new_id(), new_id()
    await claimed(stores.outbox, lease=slow)
    await claimed(stores.outbox, lease=next_one, now=SOON, until=SOON + MINUTE)

    assert await acts(stores.outbox, row, slow) == [False] * 3
    assert await stores.outbox.sent(row.id, lease=next_one)


@pytest.mark.parametrize("last", ["sent", "abandon", "postpone"])
async def test_a_lease_ends_with_its_first_act(outbox: Outbox, last: str) -> None:
    row, lease = await put(outbox, letter()), new_id()
    await claimed(outbox, lease=lease)
    match last:
        case "sent":
            await outbox.sent(row.id, lease=lease)
        case "abandon":
            await outbox.abandon(row.id, lease=lease, reason="test")
        case _:
            await outbox.postpone(row.id, lease=lease, until=SOON)

    assert await acts(outbox, row, lease) == [False] * 3


async def test_the_oldest_waiting_letter_is_known(outbox: Outbox) -> None:
    row, lease = await put(outbox, letter(created_at=NOW - HOUR)), new_id()
    await put(outbox, letter(created_at=NOW - DAY, status=LetterStatus.DECOY))
    await put(outbox, letter(created_at=NOW))

    assert await outbox.oldest() == NOW - HOUR
    await claimed(outbox, lease=lease, most=1)
    assert await outbox.oldest() == NOW - HOUR
    await outbox.sent(row.id, lease=lease)
    assert await outbox.oldest() == NOW


async def test_without_letters_there_is_no_oldest(outbox: Outbox) -> None:
    assert await outbox.oldest() is None


@pytest.mark.parametrize("status", LetterStatus)
async def test_letters_go_after_they_expired(
    stores: Stores, status: LetterStatus
) -> None:
    gone = await put(stores.outbox, letter(status=status, expires_at=NOW))
    stays = letter(status=status, expires_at=NOW + MILLISECOND)
    await stores.outbox.put(stays)

    assert await stores.outbox.purge(before=NOW + MILLISECOND) == 1
    assert await stores.letter(gone.id) is None
    assert await stores.letter(stays.id) == stays


@pytest.mark.long
async def test_no_more_than_a_thousand_go_at_once(outbox: Outbox) -> None:
    for _ in range(1002):
        await outbox.put(letter())

    purged = [await outbox.purge(before=NOW + DAY) for _ in range(3)]

    assert purged == [1000, 2, 0]


async def test_letters_that_wait_come_page_by_page(outbox: Outbox) -> None:
    ids = [UUID(int=number << 120 | number) for number in (1, 0x7F, 0x80, 0xFF)]
    rows = [letter(id=one) for one in ids]
    decoy = letter(status=LetterStatus.DECOY)
    for row in [decoy, *reversed(rows)]:
        await outbox.put(row)

    assert list(await outbox.waiting(None, most=3)) == rows[:3]
    assert list(await outbox.waiting(ids[2], most=3)) == rows[3:]


async def test_a_letter_that_somebody_holds_waits_until_it_is_sent(
    outbox: Outbox,
) -> None:
    row, lease = letter(), new_id()
    await outbox.put(row)
    await outbox.claim(lease=lease, until=NOW + MINUTE, now=NOW, most=1)
    [held] = await outbox.waiting(None, most=3)
    assert held == replace(row, attempts=1)

    await outbox.sent(row.id, lease=lease)
    assert not await outbox.waiting(None, most=3)

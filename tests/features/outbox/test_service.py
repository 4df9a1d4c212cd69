"""Letters are e-mails, sealed and with a limit of their own."""

import pytest

from keywright.features.outbox.errors import MailLate
from keywright.features.outbox.memory import Letters
from keywright.features.outbox.service import LetterWriter, MailWatch
from keywright.features.outbox.types import LetterStatus
from keywright.senders.mail import Email
from keywright.shared.vault import SealBroken, Vault
from tests.instants import DAY, MINUTE, NOW

EMAIL = Email("ada@example.com", "Your code", "482913", "<p>482913</p>")
WRITER = LetterWriter(Vault([b"k" * 32]), now=lambda: NOW)


def test_a_letter_is_read_as_it_was_written() -> None:
    assert WRITER.read(WRITER.write(EMAIL, kind="code")) == EMAIL


@pytest.mark.attack("D17")
def test_a_letter_shows_neither_address_nor_code() -> None:
    letter = WRITER.write(EMAIL, kind="code")

    assert "ada@" not in repr(letter)
    assert "482913" not in repr(letter)


def test_a_notice_is_not_sent_after_two_days() -> None:
    letter = WRITER.write(EMAIL, kind="notice")

    assert (letter.created_at, letter.expires_at) == (NOW, NOW + 2 * DAY)


def test_a_code_is_not_sent_after_its_lifetime() -> None:
    letter = WRITER.write(EMAIL, kind="code", lifetime=10 * MINUTE)

    assert letter.expires_at == NOW + 10 * MINUTE


def test_a_decoy_is_a_letter_that_is_never_sent() -> None:
    letter = WRITER.write(EMAIL, kind="code", deliver=False)

    assert letter.status is LetterStatus.DECOY
    assert WRITER.read(letter) == EMAIL


def test_two_letters_of_one_mail_have_ids_of_their_own() -> None:
    assert WRITER.write(EMAIL, kind="a").id != WRITER.write(EMAIL, kind="a").id


def test_the_content_of_one_letter_does_not_open_in_another() -> None:
    one, other = WRITER.write(EMAIL, kind="a"), WRITER.write(EMAIL, kind="a")
    swapped = type(one)(
        id=other.id,
        kind=one.kind,
        sealed=one.sealed,
        created_at=NOW,
        expires_at=one.expires_at,
    )

    with pytest.raises(SealBroken):
        WRITER.read(swapped)


async def test_mail_that_leaves_is_in_order() -> None:
    await MailWatch(Letters(), now=lambda: NOW).probe()


async def test_mail_that_waits_for_minutes_is_late() -> None:
    outbox = Letters()
    await outbox.put(WRITER.write(EMAIL, kind="notice"))

    with pytest.raises(MailLate):
        await MailWatch(outbox, now=lambda: NOW + 3 * MINUTE).probe()


def test_a_letter_of_a_former_secret_is_told_apart() -> None:
    rotated = LetterWriter(Vault([b"n" * 32, b"k" * 32]), now=lambda: NOW)

    assert not rotated.is_newest(WRITER.write(EMAIL, kind="code"))
    assert rotated.is_newest(rotated.write(EMAIL, kind="code"))

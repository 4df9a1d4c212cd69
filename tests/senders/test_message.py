from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest

from keywright.senders.mail import Email, Undeliverable
from keywright.senders.message import as_bytes, parse_sender
from keywright.shared.settings import SettingsInvalid
from tests.senders.builders import MESSAGE_ID, SENDER, an_email

DATE = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)


def written(email: Email, *, sender: str = SENDER) -> bytes:
    return as_bytes(
        email, sender=parse_sender(sender), message_id=MESSAGE_ID, date=DATE
    )


def read(email: Email, *, sender: str = SENDER) -> EmailMessage:
    return message_from_bytes(written(email, sender=sender), policy=default)


def test_the_headers_name_sender_recipient_date_and_letter() -> None:
    message = read(an_email())

    assert message["From"] == "Shop <no-reply@shop.example>"
    assert message["To"] == "ada@example.test"
    assert message["Subject"] == "Your code"
    assert message["Date"].datetime == DATE
    assert message["Message-ID"] == f"<{MESSAGE_ID}@shop.example>"


def test_text_comes_before_html() -> None:
    parts = list(read(an_email()).iter_parts())

    assert [part.get_content_type() for part in parts] == ["text/plain", "text/html"]
    assert parts[0].get_content().strip() == "Your code is 123456."


def test_other_letters_than_ascii_survive() -> None:
    message = read(
        an_email(subject="Grüße, 你好", text="Ćao 👋"), sender="Läden <a@b.test>"
    )

    assert message["Subject"] == "Grüße, 你好"
    assert message["From"].addresses[0].display_name == "Läden"
    body = message.get_body(("plain",))
    assert body is not None
    assert body.get_content().strip() == "Ćao 👋"


def test_the_bytes_are_ascii_in_lines_that_every_server_takes() -> None:
    content = written(an_email(text="é" * 3000, html="<p>" + "é" * 3000 + "</p>"))

    assert content.isascii()
    lines = content.split(b"\r\n")
    assert max(map(len, lines)) <= 998
    assert not any(b"\n" in line or b"\r" in line for line in lines)


@pytest.mark.attack
@pytest.mark.parametrize(
    "email",
    [
        an_email(to="ada@example.test\r\nBcc: eve@example.test"),
        an_email(to="ada@example.test\nBcc: eve@example.test"),
        an_email(to="ada@example.test, eve@example.test"),
        an_email(to="ada@example.test\x00"),
        an_email(to=""),
        an_email(subject="Hello\r\nBcc: eve@example.test"),
        an_email(subject="Hello\nBcc: eve@example.test"),
        an_email(subject="Hello\rBcc: eve@example.test"),
    ],
)
def test_no_header_can_be_smuggled_in(email: Email) -> None:
    with pytest.raises(Undeliverable) as refused:
        written(email)

    assert "eve" not in str(refused.value)


@pytest.mark.parametrize(
    "sender",
    ["", "nobody", "a@b.test\r\nBcc: c@d.test", "a@b.test, c@d.test", "<>", "a@"],
)
def test_a_sender_that_is_no_address_stops_the_start(sender: str) -> None:
    with pytest.raises(SettingsInvalid) as refused:
        parse_sender(sender)

    assert list(refused.value.problems) == ["AUTH_MAIL_FROM"]


def test_the_domain_of_a_sender_is_written_in_ascii() -> None:
    assert parse_sender("a@bücher.example").domain == "xn--bcher-kva.example"

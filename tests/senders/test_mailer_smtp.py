import asyncio
from collections.abc import Iterator

import pytest

from keywright.senders.mail import TryAgain, Undeliverable
from keywright.senders.mailer_smtp import MailServer, SmtpMailer, open_mailer
from keywright.senders.message import parse_sender
from keywright.shared.settings import SettingsInvalid
from tests.senders.builders import MESSAGE_ID, SENDER, an_email
from tests.smtp_sink import SmtpSink, Step


@pytest.fixture
def sink() -> Iterator[SmtpSink]:
    with SmtpSink() as running:
        yield running


@pytest.fixture
def closed_sink() -> Iterator[SmtpSink]:
    """Run a server that wants TLS and a password."""
    with SmtpSink(starttls=True, username="shop", password="s3cret-of-shop") as running:
        yield running


def mailer_to(sink: SmtpSink, *, timeout: float = 10.0) -> SmtpMailer:
    server = MailServer(host=sink.host, port=sink.port, timeout=timeout)
    return SmtpMailer(server, parse_sender(SENDER))


def encrypted_mailer_to(
    sink: SmtpSink,
    *,
    user: str | None = "shop",
    password: str | None = "s3cret-of-shop",
    is_trusted: bool = True,
) -> SmtpMailer:
    server = MailServer(
        host=sink.host,
        port=sink.port,
        must_start_tls=True,
        tls=sink.tls if is_trusted else None,
        user=user,
        password=password,
    )
    return SmtpMailer(server, parse_sender(SENDER))


def server_of(url: str) -> MailServer:
    mailer = open_mailer(url, SENDER)
    assert isinstance(mailer, SmtpMailer)
    return mailer._server


async def test_an_email_reaches_exactly_its_recipient(sink: SmtpSink) -> None:
    await open_mailer(sink.url, SENDER).send(an_email(), message_id=MESSAGE_ID)

    (received,) = sink.messages()
    assert received.recipients == ("ada@example.test",)
    assert received.sender == "no-reply@shop.example"
    assert received.message["Message-ID"] == f"<{MESSAGE_ID}@shop.example>"


async def test_the_second_try_of_a_letter_has_the_same_id(sink: SmtpSink) -> None:
    mailer = mailer_to(sink)
    for _ in range(2):
        await mailer.send(an_email(), message_id=MESSAGE_ID)

    first, second = (one.message["Message-ID"] for one in sink.messages())
    assert first == second


async def test_a_password_is_sent_after_starttls(closed_sink: SmtpSink) -> None:
    mailer = encrypted_mailer_to(closed_sink)
    await mailer.send(an_email(), message_id=MESSAGE_ID)

    assert len(closed_sink.messages()) == 1


@pytest.mark.asvs("V12.3.2")
async def test_an_unknown_certificate_is_refused(closed_sink: SmtpSink) -> None:
    mailer = encrypted_mailer_to(closed_sink, is_trusted=False)

    with pytest.raises(TryAgain):
        await mailer.send(an_email(), message_id=MESSAGE_ID)


async def test_encryption_that_was_insisted_on_is_not_done_without(
    sink: SmtpSink,
) -> None:
    with pytest.raises(TryAgain):
        await open_mailer(f"{sink.url}?starttls=1", SENDER).send(
            an_email(), message_id=MESSAGE_ID
        )

    assert sink.messages() == []


async def test_a_wrong_password_lets_letters_wait(closed_sink: SmtpSink) -> None:
    mailer = encrypted_mailer_to(closed_sink, password="not-the-password")
    with pytest.raises(TryAgain) as refused:
        await mailer.send(an_email(), message_id=MESSAGE_ID)

    assert "535" in str(refused.value)
    assert "not-the-password" not in repr(refused.value)


async def test_a_missing_password_lets_letters_wait(closed_sink: SmtpSink) -> None:
    mailer = encrypted_mailer_to(closed_sink, user=None, password=None)

    with pytest.raises(TryAgain, match="530"):
        await mailer.send(an_email(), message_id=MESSAGE_ID)


@pytest.mark.parametrize("step", ["RCPT", "DATA"])
async def test_451_is_worth_another_try(sink: SmtpSink, step: Step) -> None:
    sink.script(step, "451 4.3.0 ada@example.test later")

    with pytest.raises(TryAgain) as refused:
        await mailer_to(sink).send(an_email(), message_id=MESSAGE_ID)

    assert str(refused.value) == "451"


@pytest.mark.parametrize("step", ["RCPT", "DATA"])
async def test_of_550_only_the_code_is_told(sink: SmtpSink, step: Step) -> None:
    sink.script(step, "550 5.1.1 <ada@example.test> unknown here")

    with pytest.raises(Undeliverable) as refused:
        await mailer_to(sink).send(an_email(), message_id=MESSAGE_ID)

    assert str(refused.value) == "550"
    assert refused.value.__cause__ is None


async def test_a_slow_server_is_left(sink: SmtpSink) -> None:
    sink.script("DATA", delay=5)

    with pytest.raises(TryAgain, match="Timeout"):
        await mailer_to(sink, timeout=0.3).send(an_email(), message_id=MESSAGE_ID)


async def test_a_server_that_is_not_there_is_tried_again(sink: SmtpSink) -> None:
    sink.stop()

    with pytest.raises(TryAgain):
        await mailer_to(sink).send(an_email(), message_id=MESSAGE_ID)


async def test_a_connection_cut_after_the_data_is_tried_again() -> None:
    async def hang_up(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        writer.write(b"220 sink\r\n")
        while not (line := await reader.readline()).startswith(b"DATA"):
            greets = line.startswith((b"EHLO", b"HELO"))
            writer.write(b"250 sink\r\n" if greets else b"250 Ok\r\n")
        writer.write(b"354 Go on\r\n")
        await reader.readuntil(b"\r\n.\r\n")
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        mailer = open_mailer(f"smtp://127.0.0.1:{port}", SENDER)
        with pytest.raises(TryAgain):
            await mailer.send(an_email(), message_id=MESSAGE_ID)


async def test_a_check_signs_in_and_sends_nothing(closed_sink: SmtpSink) -> None:
    await encrypted_mailer_to(closed_sink).check()

    assert closed_sink.messages() == []


@pytest.mark.parametrize(
    ("url", "port", "is_encrypted", "must_start_tls"),
    [
        ("smtp://mail.test", 25, False, False),
        ("smtp://mail.test:2525", 2525, False, False),
        ("smtps://mail.test", 465, True, False),
        ("smtp://mail.test?starttls=1", 587, False, True),
        ("smtp://u:p@mail.test", 587, False, True),
        ("smtp://u:p@mail.test:2525", 2525, False, True),
        ("smtp://u:p@mail.test:25?starttls=0", 25, False, False),
        ("smtp://u:p@localhost:25", 25, False, False),
        ("smtps://u:p@mail.test:465", 465, True, False),
    ],
)
def test_a_password_is_never_sent_in_clear_by_default(
    url: str, port: int, *, is_encrypted: bool, must_start_tls: bool
) -> None:
    server = server_of(url)

    assert server.port == port
    assert server.is_encrypted is is_encrypted
    assert server.must_start_tls is must_start_tls


def test_user_and_password_may_hold_every_letter() -> None:
    server = server_of("smtp://shop%40mail:p%2Fw%3A%25@mail.test")

    assert (server.user, server.password) == ("shop@mail", "p/w:%")


def test_no_representation_shows_the_password() -> None:
    mailer = open_mailer("smtp://shop:s3cret-of-shop@mail.test", SENDER)
    assert isinstance(mailer, SmtpMailer)

    assert "s3cret" not in repr(mailer) + repr(mailer._server)


@pytest.mark.parametrize(
    "url",
    [
        "smtp:",
        "smtp://",
        "smtp://mail.test:99999",
        "smtp://mail.test?starttls=yes",
        "smtp://mail.test?verify=0",
        "smtp://u:s3cret@",
    ],
)
def test_an_address_that_is_none_stops_the_start_without_showing_it(url: str) -> None:
    with pytest.raises(SettingsInvalid) as refused:
        open_mailer(url, SENDER)

    assert list(refused.value.problems) == ["AUTH_MAIL_URL"]
    assert "s3cret" not in str(refused.value)

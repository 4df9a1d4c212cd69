import asyncio
from email.message import EmailMessage

import aiosmtplib
import pytest

from tests.smtp_sink import SmtpSink


async def send(sink: SmtpSink, *to: str, **options: object) -> None:
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = "us@a.example", to[0], "Grüße"
    letter.set_content("Your code is 123456.")
    await aiosmtplib.send(
        letter,
        recipients=list(to),
        hostname=sink.host,
        port=sink.port,
        start_tls=sink.starttls,
        tls_context=sink.tls if sink.starttls else None,
        username=sink.username,
        password=str(options.get("password", sink.password)) if sink.username else None,
        timeout=5,
    )


async def test_a_mail_arrives_with_its_envelope_and_text() -> None:
    with SmtpSink() as sink:
        await send(sink, "ann@b.example", "bob@b.example")
        (received,) = await asyncio.to_thread(sink.wait_for, "bob@b.example")
    assert received.sender == "us@a.example"
    assert received.recipients == ("ann@b.example", "bob@b.example")
    assert received.message["Subject"] == "Grüße"
    assert received.message.get_content() == "Your code is 123456.\n"


async def test_a_recipient_is_refused_as_often_as_scripted() -> None:
    with SmtpSink() as sink:
        sink.script("RCPT", "450 4.2.0 Later", to="ann@b.example", times=1)
        with pytest.raises(aiosmtplib.SMTPRecipientsRefused, match="450"):
            await send(sink, "ann@b.example")
        await send(sink, "ann@b.example")
        assert len(sink.messages("ann@b.example")) == 1


async def test_refused_data_is_not_kept() -> None:
    with SmtpSink() as sink:
        sink.script("DATA", "554 5.7.1 No")
        with pytest.raises(aiosmtplib.SMTPDataError):
            await send(sink, "ann@b.example")
        assert sink.messages() == []


async def test_a_late_answer_still_accepts() -> None:
    with SmtpSink() as sink:
        sink.script("DATA", delay=0.3)
        began = asyncio.get_running_loop().time()
        await send(sink, "ann@b.example")
        assert asyncio.get_running_loop().time() - began >= 0.3
        assert len(sink.messages()) == 1


@pytest.mark.parametrize("starttls", [True, False])
async def test_the_right_password_is_accepted_and_a_wrong_one_refused(
    starttls: bool,
) -> None:
    with SmtpSink(starttls=starttls, username="mailer", password="right") as sink:
        await send(sink, "ann@b.example")
        with pytest.raises(aiosmtplib.SMTPAuthenticationError):
            await send(sink, "ann@b.example", password="wrong")
        assert len(sink.messages()) == 1


async def test_without_a_password_nothing_is_accepted() -> None:
    with SmtpSink(username="mailer", password="right") as sink:
        async with aiosmtplib.SMTP(hostname=sink.host, port=sink.port) as client:
            with pytest.raises(aiosmtplib.SMTPSenderRefused):
                await client.sendmail("us@a.example", "ann@b.example", b"Subject: x")


def test_waiting_in_vain_names_who_got_mail() -> None:
    with SmtpSink() as sink, pytest.raises(TimeoutError, match="0 of 1 mails for ann"):
        sink.wait_for("ann@b.example", timeout=0.05)

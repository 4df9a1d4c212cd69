import json
from email import message_from_bytes
from email.policy import default
from io import StringIO
from pathlib import Path
from types import ModuleType

import httpx2
import pytest

from keywright.senders import (
    mailer_console,
    mailer_file,
    mailer_resend,
    mailer_smtp,
)
from keywright.senders.mail import TryAgain, Undeliverable
from keywright.senders.mailer import open_mailer
from keywright.senders.mailer_console import ConsoleMailer
from keywright.senders.mailer_file import FileMailer
from keywright.senders.mailer_resend import ResendMailer
from keywright.senders.mailer_smtp import SmtpMailer
from keywright.senders.message import parse_sender
from keywright.shared.settings import SettingsInvalid
from tests.senders.builders import MESSAGE_ID, SENDER, an_email


def files_in(folder: Path) -> list[str]:
    return [file.name for file in folder.rglob("*") if file.is_file()]


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("console:", ConsoleMailer),
        ("file:mails", FileMailer),
        ("smtp://mail.test", SmtpMailer),
        ("SMTPS://mail.test", SmtpMailer),
        ("resend:re_123", ResendMailer),
    ],
)
def test_the_scheme_chooses_the_mailer(url: str, kind: type) -> None:
    assert type(open_mailer(url, SENDER)) is kind


ADDRESSES = {
    "console": "console:",
    "file": "file:mails",
    "smtp": "smtp://shop:s3cret@mail.test",
    "resend": "resend:s3cret",
}


@pytest.mark.parametrize("scheme", ADDRESSES)
@pytest.mark.parametrize(
    "module", [mailer_console, mailer_file, mailer_smtp, mailer_resend]
)
def test_a_mailer_takes_no_address_of_another(module: ModuleType, scheme: str) -> None:
    if module.__name__.endswith(f"_{scheme}"):
        module.open_mailer(ADDRESSES[scheme], SENDER)
        return

    with pytest.raises(SettingsInvalid) as refused:
        module.open_mailer(ADDRESSES[scheme], SENDER)

    assert refused.value.problems.keys() == {"AUTH_MAIL_URL"}
    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize("url", ["", "mailto:a@b.c", "s3cret", "file:", "resend:"])
def test_an_unknown_address_stops_the_start_without_showing_it(url: str) -> None:
    with pytest.raises(SettingsInvalid) as refused:
        open_mailer(url, SENDER)

    assert "s3cret" not in str(refused.value)


async def test_the_console_shows_text_and_obeys_no_control_character() -> None:
    stream = StringIO()
    await ConsoleMailer(stream).send(
        an_email(text="Hello \x1b[2Jthere\nsecond line"), message_id=MESSAGE_ID
    )

    assert "Your code" in stream.getvalue()
    assert "Hello \\x1b[2Jthere\nsecond line\n" in stream.getvalue()


async def test_a_file_holds_a_whole_message_for_its_owner_only(tmp_path: Path) -> None:
    mailer = open_mailer(f"file:{tmp_path}/mails", SENDER)
    await mailer.send(an_email(), message_id=MESSAGE_ID)

    (file,) = (tmp_path / "mails").iterdir()
    assert file.name == f"{MESSAGE_ID}.eml"
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    message = message_from_bytes(file.read_bytes(), policy=default)
    assert message["To"] == "ada@example.test"


async def test_the_second_try_replaces_the_file(tmp_path: Path) -> None:
    mailer = open_mailer(f"file://{tmp_path}", SENDER)
    for _ in range(2):
        await mailer.send(an_email(), message_id=MESSAGE_ID)

    assert files_in(tmp_path) == [f"{MESSAGE_ID}.eml"]


@pytest.mark.attack
@pytest.mark.parametrize("message_id", ["../up", "a/b", ".hidden", "", "a\x00b"])
async def test_a_message_id_cannot_leave_the_folder(
    tmp_path: Path, message_id: str
) -> None:
    mailer = open_mailer(f"file:{tmp_path}/mails", SENDER)

    with pytest.raises(Undeliverable):
        await mailer.send(an_email(), message_id=message_id)
    assert files_in(tmp_path) == []


async def test_a_folder_that_cannot_be_made_is_tried_again(tmp_path: Path) -> None:
    (tmp_path / "taken").touch()

    with pytest.raises(TryAgain):
        await open_mailer(f"file:{tmp_path}/taken", SENDER).send(
            an_email(), message_id=MESSAGE_ID
        )


def resend_answering(status: int, seen: list[httpx2.Request]) -> ResendMailer:
    def answer(request: httpx2.Request) -> httpx2.Response:
        seen.append(request)
        return httpx2.Response(status, json={"id": "1"})

    transport = httpx2.MockTransport(answer)
    return ResendMailer("re_s3cret", parse_sender(SENDER), transport)


async def test_resend_gets_one_request_that_it_can_tell_from_a_repeated_one() -> None:
    seen: list[httpx2.Request] = []
    await resend_answering(200, seen).send(an_email(), message_id=MESSAGE_ID)

    (request,) = seen
    assert str(request.url) == "https://api.resend.com/emails"
    assert request.headers["Authorization"] == "Bearer re_s3cret"
    assert request.headers["Idempotency-Key"] == MESSAGE_ID
    body = json.loads(request.content)
    assert body["to"] == ["ada@example.test"]
    assert body["from"] == SENDER
    assert body["headers"]["Message-ID"] == f"<{MESSAGE_ID}@shop.example>"


@pytest.mark.parametrize("status", [301, 401, 403, 409, 429, 500, 503])
async def test_resend_is_tried_again_when_the_email_is_not_at_fault(
    status: int,
) -> None:
    with pytest.raises(TryAgain, match=str(status)):
        await resend_answering(status, []).send(an_email(), message_id=MESSAGE_ID)


@pytest.mark.parametrize("status", [400, 413, 422])
async def test_what_resend_will_never_take_is_given_up(status: int) -> None:
    with pytest.raises(Undeliverable, match=str(status)):
        await resend_answering(status, []).send(an_email(), message_id=MESSAGE_ID)


async def test_a_connection_problem_with_resend_is_tried_again() -> None:
    def fail(request: httpx2.Request) -> httpx2.Response:
        message = "refused"
        raise httpx2.ConnectError(message)

    mailer = ResendMailer("re_s3cret", parse_sender(SENDER), httpx2.MockTransport(fail))
    with pytest.raises(TryAgain, match="ConnectError"):
        await mailer.send(an_email(), message_id=MESSAGE_ID)


def test_no_representation_shows_the_key() -> None:
    assert "s3cret" not in repr(resend_answering(200, []))

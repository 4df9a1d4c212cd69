from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import httpx2
import pytest
from starlette.applications import Starlette

from keywright.senders.mailer_console import ConsoleMailer
from keywright.service.application import has_mailbox
from keywright.service.mailbox import Mailbox, MailboxMailer
from keywright.service.mailbox_page import mailbox_routes
from keywright.service.settings import service_settings
from keywright.shared.responses import add_error_handlers
from tests.senders.builders import an_email

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)


def put(mailbox: Mailbox, number: int, *, to: str = "ada@example.com") -> None:
    mailbox.put(
        an_email(to=to, subject=f"Subject {number}"),
        message_id=f"letter-{number}",
        at=NOW + timedelta(seconds=number),
    )


def subjects(mailbox: Mailbox, *, to: str = "") -> list[str]:
    return [mail.subject for mail in mailbox.mails(to=to)]


@asynccontextmanager
async def browser(
    mailbox: Mailbox, *, peer: str = "127.0.0.1", host: str = "127.0.0.1:9000"
) -> AsyncIterator[httpx2.AsyncClient]:
    app = Starlette(routes=mailbox_routes(mailbox))
    add_error_handlers(app)  # type: ignore[arg-type] # needs no more than Starlette
    async with httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app, client=(peer, 50_000)),
        base_url="http://127.0.0.1:9000",
        headers={"host": host},
    ) as client:
        yield client


def test_mails_are_listed_newest_first(tmp_path: Path) -> None:
    mailbox = Mailbox(tmp_path / "mail")
    for number in (2, 1, 3):
        put(mailbox, number)

    assert subjects(mailbox) == ["Subject 3", "Subject 2", "Subject 1"]


def test_mails_are_listed_by_recipient(tmp_path: Path) -> None:
    mailbox = Mailbox(tmp_path / "mail")
    put(mailbox, 1)
    put(mailbox, 2, to="bob@example.com")

    assert subjects(mailbox, to="bob@example.com") == ["Subject 2"]


def test_workers_see_the_mails_of_each_other(tmp_path: Path) -> None:
    put(Mailbox(tmp_path / "mail"), 1)

    assert subjects(Mailbox(tmp_path / "mail")) == ["Subject 1"]


def test_only_the_last_fifty_are_kept(tmp_path: Path) -> None:
    mailbox = Mailbox(tmp_path)
    for number in range(60):
        put(mailbox, number)

    assert len(list(tmp_path.iterdir())) == 50
    assert subjects(mailbox)[0] == "Subject 59"


def test_the_second_try_of_a_letter_is_no_second_mail(tmp_path: Path) -> None:
    mailbox = Mailbox(tmp_path)
    put(mailbox, 1)
    put(mailbox, 1)

    assert subjects(mailbox) == ["Subject 1"]


def test_mails_are_for_their_owner_alone(tmp_path: Path) -> None:
    put(Mailbox(tmp_path / "mail"), 1)

    (file,) = (tmp_path / "mail").iterdir()
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_damaged_file_hides_no_other(tmp_path: Path) -> None:
    mailbox = Mailbox(tmp_path)
    (tmp_path / "half.json").write_text('{"id":')
    put(mailbox, 1)

    assert subjects(mailbox) == ["Subject 1"]


async def test_a_mail_is_kept_and_shown_on_the_console(tmp_path: Path) -> None:
    mailbox, stream = Mailbox(tmp_path / "mail"), StringIO()
    mailer = MailboxMailer(mailbox, ConsoleMailer(stream), now=lambda: NOW)
    await mailer.send(an_email(), message_id="letter-1")

    assert subjects(mailbox) == ["Your code"]
    assert "Your code is 123456." in stream.getvalue()


async def test_scripts_read_recipient_subject_text_and_time(tmp_path: Path) -> None:
    mailbox = Mailbox(tmp_path)
    put(mailbox, 1)
    async with browser(mailbox) as client:
        (mail,) = (await client.get("/dev/mail.json")).json()

    assert mail == {
        "id": "letter-1",
        "to": "ada@example.com",
        "subject": "Subject 1",
        "text": "Your code is 123456.",
        "at": "2026-11-21T09:30:01.000Z",
    }


@pytest.mark.attack
@pytest.mark.asvs("V1.2.1")
async def test_markup_in_a_mail_is_inert(tmp_path: Path) -> None:
    mailbox = Mailbox(tmp_path)
    hostile = "</pre><script>alert(1)</script>\"' onload=alert(1) javascript:alert(1)"
    mailbox.put(
        an_email(to=hostile, subject=hostile, text=hostile, html=f'{hostile}">'),
        message_id="letter-1",
        at=NOW,
    )
    async with browser(mailbox) as client:
        answered = await client.get("/dev/mail", params={"to": ""})
        echoed = await client.get("/dev/mail", params={"to": '"><script>'})

    for page in (answered.text, echoed.text):
        assert "<script" not in page
    assert 'href="javascript' not in answered.text
    assert "<iframe sandbox title=" in answered.text
    assert '">"' not in answered.text
    policy = answered.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy


async def test_links_in_a_mail_can_be_followed(tmp_path: Path) -> None:
    mailbox = Mailbox(tmp_path)
    mailbox.put(
        an_email(text="Open http://localhost:3000/reset?token=a&b=1 now"),
        message_id="letter-1",
        at=NOW,
    )
    async with browser(mailbox) as client:
        page = (await client.get("/dev/mail")).text

    assert 'href="http://localhost:3000/reset?token=a&amp;b=1"' in page


@pytest.mark.attack
@pytest.mark.parametrize("path", ["/dev/mail", "/dev/mail.json"])
@pytest.mark.parametrize(
    ("peer", "host", "headers"),
    [
        ("192.0.2.1", "127.0.0.1:9000", {}),
        ("127.0.0.1", "evil.test", {}),
        ("127.0.0.1", "localhost.evil.test:9000", {}),
        ("127.0.0.1", "", {}),
        ("127.0.0.1", "localhost:9000", {"X-Forwarded-For": "127.0.0.1"}),
        ("127.0.0.1", "localhost:9000", {"Forwarded": "for=127.0.0.1"}),
    ],
)
async def test_other_machines_names_and_proxies_get_404(
    tmp_path: Path, path: str, peer: str, host: str, headers: Mapping[str, str]
) -> None:
    async with browser(Mailbox(tmp_path), peer=peer, host=host) as client:
        assert (await client.get(path, headers=headers)).status_code == 404


@pytest.mark.parametrize("host", ["127.0.0.1:9000", "localhost", "[::1]:9000"])
async def test_this_machine_is_served(tmp_path: Path, host: str) -> None:
    async with browser(Mailbox(tmp_path), host=host) as client:
        assert (await client.get("/dev/mail.json")).json() == []


@pytest.mark.parametrize(
    ("env", "mail_url", "expected"),
    [
        ("development", "console:", True),
        ("development", "file:mails", False),
        ("test", "console:", False),
    ],
)
def test_the_mailbox_is_for_development_with_console_mail(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    env: str,
    mail_url: str,
    *,
    expected: bool,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert has_mailbox(service_settings(env=env, mail_url=mail_url)) is expected

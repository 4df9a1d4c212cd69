"""Mails name the configured address, the right person, and nothing smuggled (L1)."""

from collections.abc import Awaitable, Callable

import pytest

from keywright.shared.settings import SettingsInvalid
from tests.blueprints.fixtures import House, ServiceWith
from tests.blueprints.harness import (
    BASE,
    PASSWORD,
    Service,
    sign_up_body,
    some_email,
)
from tests.security.corpora import NAUGHTY
from tests.security.live import live, raw

CLIENT = "https://app.example"
EVIL = "evil.example"
GAMES = (
    {"host": EVIL},
    {"host": f"127.0.0.1:9000@{EVIL}"},
    {"host": f"{EVIL}#127.0.0.1:9000"},
    {"x-forwarded-host": EVIL},
    {"x-forwarded-proto": "http", "x-forwarded-host": EVIL},
    {"x-forwarded-server": EVIL},
    {"x-host": EVIL},
    {"x-original-url": f"https://{EVIL}/"},
    {"x-rewrite-url": f"https://{EVIL}/"},
    {"forwarded": f"host={EVIL};proto=https"},
    {"x-forwarded-prefix": f"//{EVIL}"},
    {"referer": f"http://127.0.0.1:9000/?{EVIL}"},
)
Asked = Callable[[Service, dict[str, str]], Awaitable[str]]


@pytest.fixture
async def linked(service_with: ServiceWith) -> Service:
    return await service_with(client_url=CLIENT)


async def deletion(service: Service, headers: dict[str, str]) -> str:
    """Return the text of a deletion mail that was asked for with *headers*."""
    owner = await service.signed_in()
    body = {"password": PASSWORD, "type": "hard"}
    await owner.post("/account/request-delete", json=body, headers=headers)
    mail = await service.mail_to(owner.user.email, "give up")
    return mail.text + mail.html


async def reset(service: Service, headers: dict[str, str]) -> str:
    """Return the text of a reset mail that was asked for with *headers*."""
    email = (await service.user()).email
    await service.client().post(
        "/forgot-password", json={"email": email}, headers=headers
    )
    mail = await service.mail_to(email, "reset")
    return mail.text + mail.html


async def sign_up(service: Service, headers: dict[str, str]) -> str:
    """Return the text of a sign-up mail that was asked for with *headers*."""
    email = some_email()
    body = sign_up_body(email)
    await service.client().post("/signup", json=body, headers=headers)
    mail = await service.mail_to(email)
    return mail.text + mail.html


@pytest.mark.attack("L1")
@pytest.mark.asvs("V4.1.3")
@pytest.mark.parametrize("asked", [deletion, reset, sign_up])
@pytest.mark.asvs("V1.2.2")
async def test_no_header_gets_into_a_mail(linked: Service, asked: Asked) -> None:
    for headers in GAMES:
        text = await asked(linked, headers)
        assert EVIL not in text, headers
        if asked is deletion:
            assert f"{CLIENT}/account/delete#token=" in text


@pytest.mark.attack("L1")
async def test_the_very_first_request_does_not_set_the_address(
    house: House,
) -> None:
    url = f"sqlite:///{house.folder / 'first'}.db"
    service = await house.service("sqlite", client_url=CLIENT, database_url=url)
    await service.client().get("/profile", headers={"host": EVIL})

    assert EVIL not in await deletion(service, {})


@pytest.mark.attack("L1")
@pytest.mark.asvs("V4.2.1")
async def test_an_absolute_address_in_the_request_line_changes_nothing(
    linked: Service,
) -> None:
    email = (await linked.user()).email
    body = f'{{"email": "{email}"}}'.encode()
    async with live(linked) as url:
        answer = await raw(
            url,
            f"POST http://{EVIL}{BASE}/forgot-password HTTP/1.1\r\n"
            f"Host: {EVIL}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode()
            + body,
        )

    mail = await linked.mail_to(email)
    assert answer.startswith(b"HTTP/1.1 202")
    assert EVIL.encode() not in answer
    assert EVIL not in mail.text + mail.html


@pytest.mark.attack("L1")
async def test_two_hosts_are_refused(linked: Service) -> None:
    async with live(linked) as url:
        answer = await raw(
            url,
            f"GET {BASE}/profile HTTP/1.1\r\nHost: 127.0.0.1:9000\r\n"
            f"Host: {EVIL}\r\nConnection: close\r\n\r\n".encode(),
        )

    assert answer.startswith(b"HTTP/1.1 400")
    assert b"ambiguous_request" in answer


@pytest.mark.attack("L1")
@pytest.mark.parametrize(
    "public_url",
    ["", "http://auth.example", "auth.example", "//auth.example", "ftp://auth.example"],
)
def test_production_does_not_start_without_its_address(
    house: House, public_url: str
) -> None:
    with pytest.raises(SettingsInvalid, match="AUTH_PUBLIC_URL"):
        house.settings(
            "sqlite",
            env="production",
            test_clock=None,
            rate_limits="on",
            public_url=public_url,
        )


@pytest.mark.attack("L1")
@pytest.mark.asvs("V1.3.11")
@pytest.mark.asvs("V1.2.1")
async def test_a_name_does_not_change_a_mail(service: Service) -> None:
    for name in (one for one in NAUGHTY if "<" in one or "\\" in one):
        email = some_email()
        body = sign_up_body(email, name=name, password=f"{PASSWORD} 22")
        body["confirmPassword"] = body["password"]
        started = await service.client().post("/signup", json=body)
        if started.status_code == 422:
            continue
        mail = await service.mail_to(email)
        assert mail.to == email
        assert mail.subject == "Verify your e-mail address"
        assert "<script" not in mail.html
        assert "<img src=x" not in mail.html


@pytest.mark.attack("L1")
async def test_a_stranger_is_mailed_no_word_of_whoever_signed_up(
    service: Service,
) -> None:
    email, name = some_email(), "you won! https://evil.example/x"
    client = service.client()
    await client.post("/signup", json=sign_up_body(email, name=name))
    mail = await service.mail_to(email)
    assert "won" not in mail.text + mail.html


@pytest.mark.attack("L1")
async def test_a_browser_s_name_does_not_change_a_mail(service: Service) -> None:
    user = await service.user()
    await service.signed_in(user=user)
    agent = "<script>alert(1)</script> https://evil.example \u2028Bcc: x"
    headers = [(b"user-agent", agent.encode())]
    client = service.client()
    body = {"email": user.email, "password": PASSWORD}
    await client.post("/signin", json=body, headers=headers)

    mail = await service.mail_to(user.email, "new sign-in")

    assert "<script" not in mail.html
    assert "evil.example" not in mail.text + mail.html

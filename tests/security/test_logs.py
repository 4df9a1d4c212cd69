"""Logs are single lines without secrets; stores hold none in clear (L5, L6, D17)."""

import json
import logging
import re
from datetime import datetime, timedelta
from hashlib import sha256

import pytest
from pydantic import SecretStr

from tests.blueprints.fixtures import House, ServiceWith, about
from tests.blueprints.forms import data_of
from tests.blueprints.harness import (
    NEW_PASSWORD,
    PASSWORD,
    Service,
    sign_up_body,
    some_email,
)
from tests.blueprints.keepers import signed_in, used_by
from tests.blueprints.kinds import HYBRID
from tests.blueprints.mailbox import code_in, token_in
from tests.security.everywhere import everywhere
from tests.security.flows import reset_token, set_password
from tests.security.kept import dump
from tests.security.surfaces import EVERY, surface
from tests.security.watch import Watch, described

BREAKS = ("\r\n", "\n", "\x1b[2J", "\x85", "\u2028", "\u2029", "\x0b", "\x0c", "\x00")
WITHOUT_A_USER = {"SignUpStarted", "LetterSent"}
FORGED = '{"level":"error","event":"forged"}'


@pytest.mark.attack("L5")
@pytest.mark.asvs("V16.4.1")
async def test_nothing_that_is_sent_begins_a_new_line(
    service: Service, watch: Watch
) -> None:
    before = len(watch.lines)
    for sign in BREAKS:
        text = f"x{sign}{FORGED}"
        line = text.encode().translate(None, b"\r\n\x00")
        headers = [(b"user-agent", line), (b"x-request-id", line)]
        client = service.client()
        body = {"email": f"a{text}@mail.example", "password": text}
        await client.post("/signin", json=body, headers=headers)
        await client.get(f"/{text.encode().hex()}%0a%0d%1b", headers=headers)
        user = await service.signed_in()
        body = {"email": user.user.email, "password": "x"}
        await client.post("/signin", json=body, headers=headers)
        logging.getLogger("keywright.attack").warning("%s", text, extra={"x": text})

    lines = watch.lines[before:]
    assert len(lines) > len(BREAKS)
    for entry in lines:
        assert entry.isascii()
        assert entry.isprintable()
        assert json.loads(entry)["event"] != "forged"


@pytest.mark.attack("L5")
async def test_a_strange_request_id_is_replaced(service: Service) -> None:
    for sent in ("a b", "x" * 65, "{}", "\u00e9", "a;b", "<x>", "", "a/b", '"'):
        headers = [(b"x-request-id", sent.encode())]
        answer = await service.client().get("/profile", headers=headers)
        shown = answer.headers["x-request-id"]
        assert shown != sent
        assert re.fullmatch(r"[A-Za-z0-9._-]{1,64}", shown)
        assert answer.json()["requestId"] == shown


@pytest.mark.attack("L6")
@pytest.mark.attack("D17")
@pytest.mark.asvs("V16.2.5")
@pytest.mark.asvs("V14.2.4")
async def test_a_whole_life_leaves_no_secret_in_the_log(
    service: Service, watch: Watch
) -> None:
    before = len(watch.lines)
    secrets = await live_a_whole_life(service)

    assert_untold(secrets, watch, "\n".join(watch.lines[before:]))


@pytest.mark.attack("L6")
@pytest.mark.asvs("V16.2.5")
async def test_no_repr_shows_a_secret(house: House, service: Service) -> None:
    secrets = await live_a_whole_life(service)
    settings = house.settings("sqlite").model_copy(
        update={
            name: SecretStr(value)
            for name, value in {
                "database_url": "postgresql://owner:Zr7dW3kQ9v@db.example/auth",
                "redis_url": "redis://:Yh5nB8tL2c@cache.example/0",
                "mail_url": "smtp://postman:Xj4mF6sP1g@mail.example",
                "operator_token": "Zq4vT8nK2xW7bR5mY9cL3hJ6dF1gP0sA",
            }.items()
        }
    )
    own = ("Zr7dW3kQ9v", "Yh5nB8tL2c", "Xj4mF6sP1g", "Zq4vT8nK2x", "u9Yk2vQ7xR4m")
    shown = described(service) + repr(settings) + str(settings)

    for secret in (*own, *secrets):
        assert secret not in shown, secret[:4]


@everywhere
@pytest.mark.attack("D17")
@pytest.mark.asvs("V11.4.1")
@pytest.mark.asvs("V14.2.4")
async def test_the_stores_hold_no_secret_that_could_be_used(
    service: Service,
) -> None:
    secrets = await live_a_whole_life(service)

    kept = await dump(service)

    for secret in secrets:
        assert secret not in kept, secret[:4]
        for part in secret.split("."):
            assert len(part) < 20 or part not in kept, part[:6]


@everywhere
@pytest.mark.attack("D17")
@pytest.mark.asvs("V11.4.1")
async def test_a_code_is_kept_neither_plain_nor_as_a_bare_digest(
    service: Service,
) -> None:
    email = some_email()
    started = await service.client().post("/signup", json=sign_up_body(email))
    flow = data_of(started)["flowId"]
    code = code_in(await service.mail_to(email, "verify"))

    kept = await dump(service, only="otps")

    for text in (code, f"{email}{code}", f"{code}{email}", f"{flow}{code}"):
        digest = sha256(text.encode())
        assert digest.hexdigest() not in kept
        assert repr(digest.digest())[2:-1] not in kept
    assert f"'{code}'" not in kept
    assert email not in kept


@pytest.mark.attack("D17")
async def test_a_code_is_in_no_answer(service: Service) -> None:
    email = some_email()
    client = service.client()
    answers = [await client.post("/signup", json=sign_up_body(email))]
    code = code_in(await service.mail_to(email, "verify"))
    body = {"email": email, "otpCode": code}
    answers.append(await client.post("/verify-user", json={**body, "otpCode": "x"}))
    answers.append(await client.post("/verify-user", json=body))
    answers.append(await client.post("/forgot-password", json={"email": email}))

    found = re.compile(rf"(?<![\d.]){code}(?!\d|Z)")
    for answer in answers:
        assert not found.search(answer.text)
        assert not found.search(str(answer.headers))


async def live_a_whole_life(service: Service) -> list[str]:
    """Go through everything a user can do, and return every secret that was used."""
    email = some_email()
    await service.sign_up(email)
    browser = service.client()
    body = {"email": email, "password": PASSWORD}
    await browser.post("/signin", json=body)
    secrets = [PASSWORD, NEW_PASSWORD, *map(str, browser.cookies.values())]
    await browser.post("/refresh-token")
    change = {"oldPassword": PASSWORD, "newPassword": NEW_PASSWORD}
    await browser.post("/change-password", json=change)
    secrets += [str(one) for one in browser.cookies.values()]
    bearer = await service.signed_in(transport="bearer")
    secrets += [bearer.tokens["accessToken"], bearer.tokens["refreshToken"]]
    token = await reset_token(service, bearer.user)
    secrets.append(token)
    await set_password(service, token)
    ask = {"password": NEW_PASSWORD, "type": "soft"}
    await browser.post("/account/request-delete", json=ask)
    deletion = token_in(await service.mail_to(email, "give up"))
    secrets.append(deletion)
    await browser.request("DELETE", "/account/delete", json={"token": deletion})
    back = await service.client().post(
        "/signin", json={"email": email, "password": NEW_PASSWORD}
    )
    secrets.append(back.json()["data"]["reactivationToken"])
    return secrets


@about(*(name for name in EVERY if name != HYBRID))
@pytest.mark.attack("L6")
@pytest.mark.attack("D17")
@pytest.mark.asvs("V16.2.5")
@pytest.mark.asvs("V14.2.4")
async def test_no_blueprint_keeps_or_tells_a_secret(
    service: Service, watch: Watch
) -> None:
    before = len(watch.lines)
    secrets = await sign_in_and_out(service)

    kept = described(service) + await dump(service)

    assert_untold(secrets, watch, "\n".join(watch.lines[before:]))
    for secret in secrets:
        for part in (secret, *secret.split(".")):
            assert len(part) < 20 or part not in kept, part[:6]


def assert_untold(secrets: list[str], watch: Watch, text: str) -> None:
    """Fail if the log *text* of a sign-in holds a secret or a part of one."""
    assert "UserSignedIn" in text
    for secret in secrets:
        for part in secret.split("."):
            assert part not in text, part[:6]
    assert not watch.leaks_in(text)


async def sign_in_and_out(service: Service) -> list[str]:
    """Do what users of every blueprint can, and return every secret that was used."""
    client = await signed_in(service)
    secrets = [PASSWORD, *map(str, client.cookies.values())]
    secrets.append(client.headers.get("authorization", PASSWORD)[len("Bearer ") :])
    wrong = {"email": client.user.email, "password": NEW_PASSWORD}
    await service.client().post(service.kind.sign_in, json=wrong)
    await used_by(service, client)
    secrets += [NEW_PASSWORD, *map(str, client.cookies.values())]
    await client.get(service.kind.me)
    await client.post("/logout")
    for operation in (*surface(service).public, *surface(service).protected):
        await operation.send(client)
    return secrets


OPERATORS = "/api/v1/health/detailed"


def entries_of(watch: Watch, before: int, event: str) -> list[dict[str, object]]:
    """Return what was logged of *event* since *before* lines were there."""
    entries = [json.loads(line) for line in watch.lines[before:]]
    return [entry for entry in entries if entry["event"] == event]


@pytest.mark.asvs("V16.3.2")
async def test_who_is_not_allowed_something_is_logged(
    service_with: ServiceWith, watch: Watch
) -> None:
    service = await service_with(
        env="production",
        test_clock=None,
        rate_limits="on",
        public_url="https://auth.example",
        operator_token="Zq4vT8nK2xW7bR5mY9cL3hJ6dF1gP0sA",
    )
    client = await service.signed_in()
    before = len(watch.lines)

    answer = await client.get(service.root(OPERATORS))

    assert answer.status_code == 403
    (entry,) = entries_of(watch, before, "authorization refused")
    assert entry["user_id"] == str(client.user.id)
    assert entry["code"] == "not_allowed"
    assert entry["address"] == "127.0.0.2"
    assert entry["method"] == "GET"
    assert OPERATORS.endswith(str(entry["route"]))
    assert entry["request_id"] == answer.headers["x-request-id"]


@pytest.mark.asvs("V16.3.2")
@pytest.mark.asvs("V16.3.3")
async def test_a_request_of_another_site_is_logged(
    service: Service, watch: Watch
) -> None:
    client = await service.signed_in()
    before = len(watch.lines)

    answer = await client.delete("/sessions", headers={"origin": "https://evil.ex"})

    (entry,) = entries_of(watch, before, "authorization refused")
    assert (answer.status_code, entry["code"]) == (403, answer.json()["code"])
    assert str(entry["route"]).endswith("/sessions")
    assert entry["request_id"] == answer.headers["x-request-id"]


@pytest.mark.asvs("V16.3.2")
async def test_what_is_refused_for_other_reasons_is_no_matter_of_permission(
    service: Service, watch: Watch
) -> None:
    client = await service.signed_in()
    before = len(watch.lines)

    await service.client().get("/profile")
    await client.get("/nothing")
    await client.patch("/profile", json={"role": "admin"})

    assert entries_of(watch, before, "authorization refused") == []


@pytest.mark.asvs("V16.2.1")
@pytest.mark.asvs("V16.2.2")
@pytest.mark.asvs("V16.2.4")
async def test_every_event_of_a_whole_life_says_when_where_who_and_what(
    service: Service, watch: Watch
) -> None:
    before = len(watch.lines)
    await live_a_whole_life(service)

    entries = [json.loads(line) for line in watch.lines[before:]]
    events = [entry for entry in entries if entry["logger"] == "audit"]
    assert len(events) > 5
    for entry in entries:
        instant = str(entry["timestamp"])
        assert datetime.fromisoformat(instant).utcoffset() == timedelta(0), instant
        assert {"level", "logger", "event"} <= entry.keys()
    about = [entry for entry in events if entry["event"] not in WITHOUT_A_USER]
    assert len(about) > 3
    for entry in about:
        assert {"request_id", "address", "user_id"} <= entry.keys(), entry["event"]

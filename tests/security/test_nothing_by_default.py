"""What is not there: first accounts, files, callbacks, redirects, aged passwords."""

import json
from datetime import timedelta

import pytest

from keywright.shared.secrets import from_text
from tests.blueprints.fixtures import House, ServiceWith
from tests.blueprints.forms import data_of
from tests.blueprints.harness import Service, some_email
from tests.security.kept import dump
from tests.security.live import live, raw
from tests.security.tokens import refresh

NAMES = ("admin", "root", "test", "user", "guest", "administrator")
FILES = (
    "/",
    "/static/",
    "/avatars/",
    "/assets/",
    "/uploads/",
    "/.git/HEAD",
    "/.git/config",
    "/.env",
    "/auth.db",
    "/app.py",
    "/main.py",
    "/settings.py",
    "/pyproject.toml",
    "/requirements.txt",
    "/backup.bak",
    "/dump.sql",
    "/server-status",
    "/static/../../etc/passwd",
    "/static/..%2f..%2fetc/passwd",
    "/%2e%2e/%2e%2e/etc/passwd",
    "/api/v1/auth/../../../.env",
)


async def fresh(house: House) -> Service:
    """Return a service whose stores nobody has used."""
    url = f"sqlite:///{house.folder / 'fresh'}.db"
    return await house.service("sqlite", database_url=url)


@pytest.mark.asvs("V6.3.2")
async def test_a_new_service_has_no_accounts(house: House) -> None:
    service = await fresh(house)

    assert await dump(service, only="users") == ""
    for name in NAMES:
        for password in (name, f"{name}{name}", "password", "changeme", "12345678"):
            body = {"email": f"{name}@mail.example", "password": password}
            answer = await service.client().post("/signin", json=body)
            assert answer.status_code == 401, f"{name} {password}"


@pytest.mark.asvs("V13.4.1")
@pytest.mark.asvs("V13.4.3")
@pytest.mark.asvs("V13.4.7")
async def test_no_file_and_no_folder_is_served(service: Service) -> None:
    async with live(service) as url:
        for path in FILES:
            request = f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
            answer = await raw(url, request.encode())
            assert answer.startswith(b"HTTP/1.1 404"), path
            assert b"not_found" in answer


@pytest.mark.asvs("V3.5.6")
@pytest.mark.parametrize("name", ["callback", "jsonp", "_callback", "cb"])
async def test_no_answer_is_wrapped_into_a_call(service: Service, name: str) -> None:
    client = await service.signed_in()

    for path in ("/profile", "/sessions", service.root("/.well-known/jwks.json")):
        answer = await client.get(path, params={name: "steal"})
        assert answer.headers["content-type"].startswith("application/")
        assert "steal" not in answer.text
        assert isinstance(answer.json(), dict)


@pytest.mark.asvs("V4.1.2")
async def test_plain_http_is_not_redirected(service_with: ServiceWith) -> None:
    service = await service_with(public_url="https://auth.example")
    client = service.client()
    client.base_url = str(client.base_url).replace("https://", "http://")

    answers = [
        await client.get("/profile"),
        await client.post("/signin", json={"email": "a@mail.example", "password": "x"}),
    ]

    for answer in answers:
        assert 400 <= answer.status_code < 500
        assert "location" not in answer.headers


@pytest.mark.asvs("V6.2.10")
async def test_a_password_is_good_however_old_it_is(service: Service) -> None:
    user = await service.user()
    await service.clock.advance(timedelta(days=400))

    client = await service.signed_in(user=user)

    assert (await client.get("/profile")).status_code == 200


@pytest.mark.asvs("V7.2.2")
@pytest.mark.asvs("V7.2.3")
async def test_what_must_not_be_guessed_is_long_random_and_never_the_same(
    service: Service,
) -> None:
    user = await service.user()
    clients = [
        await service.signed_in(user=user, transport="bearer") for _ in range(20)
    ]
    for client in clients[-5:]:
        answer = await refresh(service, client.tokens["refreshToken"])
        client.carry(data_of(answer)["tokens"])
    seen = [
        from_text(str(claims(client.tokens["refreshToken"])["jti"]))
        for client in clients
    ]
    flows = [
        await service.client().post("/forgot-password", json={"email": some_email()})
        for _ in range(20)
    ]
    seen += [from_text(data_of(answer)["flowId"]) for answer in flows]

    assert len(set(seen)) == 40
    assert min(len(value) for value in seen) * 8 >= 128


def claims(token: str) -> dict[str, object]:
    """Return what *token* says of itself."""
    read = json.loads(from_text(token.split(".")[1]))
    assert isinstance(read, dict)
    return read

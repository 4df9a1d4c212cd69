"""Refusals before any route's own work: bodies, headers, origins, failures."""

from collections.abc import AsyncIterator

import pytest

from keywright.features.sessions.service import OwnSessions
from tests.blueprints.answers import invalid, refused, shown
from tests.blueprints.fixtures import ServiceWith
from tests.blueprints.harness import (
    NAME,
    PASSWORD,
    Service,
    sign_up_body,
    some_email,
)

VARIANTS = ("sqlite", "included")
JSON = {"content-type": "application/json"}
NOWHERE = "redis://127.0.0.1:1/0"


@pytest.mark.parametrize(
    "content",
    [
        b"{bad",
        b"",
        b"\xff\xfe{\x00}\x00",
        b'{"email": "a\xff@mail.example"}',
        b'{"email": 1, "email": 2}',
        b'{"email": NaN}',
        b"\xef\xbb\xbf{}",
        b"[" * 10_000,
        b'{"email": ' + b"9" * 5_000 + b"}",
    ],
)
async def test_what_is_no_json_is_malformed(service: Service, content: bytes) -> None:
    answer = await service.client().post("/signin", content=content, headers=JSON)
    if content:
        refused(answer, 400, "malformed_body")
    else:
        refused(answer, 422, "validation_failed")


@pytest.mark.parametrize("content", [b"[]", b"1", b'"text"', b"null", b"true"])
async def test_a_body_that_is_no_object_is_not_acceptable(
    service: Service, content: bytes
) -> None:
    answer = await service.client().post("/signin", content=content, headers=JSON)
    refused(answer, 422, "validation_failed")


@pytest.mark.parametrize(
    "kind",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json; charset=latin-1",
        "application/merge-patch+json",
        "",
    ],
)
async def test_another_media_type_is_refused(service: Service, kind: str) -> None:
    answer = await service.client().post(
        "/signin", content=b'{"email":"a@mail.example"}', headers={"content-type": kind}
    )
    refused(answer, 415, "unsupported_media_type")


async def test_json_in_utf_8_may_say_so(service: Service) -> None:
    user = await service.user()
    content = f'{{"email": "{user.email}", "password": "{PASSWORD}"}}'
    kind = {"content-type": "Application/JSON; Charset=UTF-8"}
    shown(await service.client().post("/signin", content=content, headers=kind))


async def test_a_compressed_body_is_refused(service: Service) -> None:
    headers = {**JSON, "content-encoding": "gzip"}
    answer = await service.client().post("/signin", content=b"x", headers=headers)
    refused(answer, 415, "unsupported_media_type")


async def test_a_large_body_is_refused(service: Service) -> None:
    content = b'{"email": "' + b"a" * 70_000 + b'"}'
    answer = await service.client().post("/signin", content=content, headers=JSON)
    refused(answer, 413, "body_too_large")


async def test_a_large_body_of_unknown_length_is_refused(service: Service) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b" " * 1_000

    answer = await service.client().post("/signin", content=chunks(), headers=JSON)
    refused(answer, 413, "body_too_large")


async def test_every_member_that_is_wrong_is_named(service: Service) -> None:
    body = sign_up_body("nobody", name="", password=1, role="admin")
    answer = await service.client().post("/signup", json=body)
    invalid(answer, "name", "email", "password", "role")


@pytest.mark.parametrize("sent", ["abc-123_4.5", "a" * 64, "7"])
async def test_a_harmless_request_id_is_kept(service: Service, sent: str) -> None:
    headers = {"x-request-id": sent}
    answer = await service.client().get("/profile", headers=headers)
    assert refused(answer, 401, "not_signed_in")["requestId"] == sent


@pytest.mark.parametrize("sent", ["", "a" * 65, "a b", "a;b", "<script>", "a\tb"])
async def test_any_other_request_id_is_replaced(service: Service, sent: str) -> None:
    headers = {"x-request-id": sent}
    answer = await service.client().get("/profile", headers=headers)
    assert refused(answer, 401, "not_signed_in")["requestId"] != sent


async def test_every_answer_has_a_request_id_of_its_own(service: Service) -> None:
    client = await service.signed_in()
    answers = [await client.get("/profile") for _ in range(3)]
    assert len({answer.headers["x-request-id"] for answer in answers}) == 3


async def test_a_cookie_and_a_bearer_token_at_once_are_refused(
    service: Service,
) -> None:
    one, two = await service.signed_in(), await service.signed_in(transport="bearer")
    headers = {"authorization": two.headers["authorization"]}
    answer = await one.get("/profile", headers=headers)
    refused(answer, 400, "ambiguous_request")


async def test_a_cookie_that_is_sent_twice_is_refused(service: Service) -> None:
    client = await service.signed_in()
    token = client.cookies["accessToken"]
    twice = {"cookie": f"accessToken={token}; accessToken={token}"}
    answer = await service.client().get("/profile", headers=twice)
    refused(answer, 400, "ambiguous_request")


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:9000.evil.example"},
        {"origin": "https://127.0.0.1:9000"},
        {"sec-fetch-site": "cross-site", "origin": "https://evil.example"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "none", "cookie": "flow=x"},
        {"referer": "https://evil.example/page"},
        {"cookie": "flow=x"},
    ],
)
async def test_a_post_from_another_site_is_refused(
    service: Service, headers: dict[str, str]
) -> None:
    client = service.client(origin=None)
    body = sign_up_body(some_email())
    answer = await client.post("/signup", json=body, headers=headers)
    refused(answer, 403, "cross_site_request")


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://127.0.0.1:9000"},
        {"sec-fetch-site": "same-origin"},
        {"referer": "http://127.0.0.1:9000/page"},
        {"sec-fetch-site": "none"},
        {},
    ],
)
async def test_a_post_from_our_own_pages_or_without_a_browser_passes(
    service: Service, headers: dict[str, str]
) -> None:
    client = service.client(origin=None)
    body = sign_up_body(some_email())
    shown(await client.post("/signup", json=body, headers=headers), 202)


async def test_a_page_of_the_client_may_call(service_with: ServiceWith) -> None:
    service = await service_with(client_url="https://shop.example")
    client = service.client(origin="https://shop.example", sec_fetch_site="cross-site")
    shown(await client.post("/signup", json=sign_up_body(some_email())), 202)


@pytest.mark.asvs("V16.5.1")
async def test_an_unexpected_error_is_a_500_without_detail(
    service_with: ServiceWith,
) -> None:
    service = await service_with(app_name="Broken")
    service.built._built.pop(OwnSessions, None)
    client = await service.signed_in()
    answer = await client.get("/sessions")
    body = refused(answer, 500, "internal_error")
    assert "OwnSessions" not in str(body)


@pytest.mark.asvs("V16.3.4")
async def test_an_unexpected_error_is_logged_with_its_place(
    service_with: ServiceWith, caplog: pytest.LogCaptureFixture
) -> None:
    service = await service_with(app_name="Broken")
    service.built._built.pop(OwnSessions, None)
    client = await service.signed_in()
    await client.get("/sessions")
    (record,) = [one for one in caplog.records if one.message == "unexpected error"]
    assert record.levelname == "ERROR"
    assert record.exc_info is not None


@pytest.mark.asvs("V16.5.2")
async def test_while_a_store_is_down_the_answer_is_503(
    service_with: ServiceWith,
) -> None:
    service = await service_with(redis_url=NOWHERE, redis_durability="relaxed")
    user = await service.user()
    body = {"email": user.email, "password": PASSWORD}
    answer = await service.client().post("/signin", json=body)
    refused(answer, 503, "store_unavailable")


@pytest.mark.asvs("V16.5.2")
@pytest.mark.asvs("V16.5.3")
async def test_while_sessions_cannot_be_checked_nobody_is_let_in(
    service: Service, service_with: ServiceWith
) -> None:
    client = await service.signed_in(transport="bearer")
    blind = await service_with(redis_url=NOWHERE, redis_durability="relaxed")
    there = blind.client(authorization=f"Bearer {client.tokens['accessToken']}")
    tries: list[tuple[str, str, dict[str, object] | None]] = [
        ("GET", "/profile", None),
        ("PATCH", "/profile", {"name": "Grace Hopper"}),
        ("GET", "/sessions", None),
        ("DELETE", "/sessions", None),
        ("GET", "/verify", None),
        ("POST", "/refresh-token", {"refreshToken": client.tokens["refreshToken"]}),
    ]
    for method, path, body in tries:
        transport = blind.bearer_client() if path == "/refresh-token" else there
        answer = await transport.request(method, path, json=body)
        refused(answer, 503, "store_unavailable")
    seen = shown(await client.get("/profile"))
    assert seen["user"]["name"] == NAME
    assert shown(await client.get("/sessions"))["sessions"]
